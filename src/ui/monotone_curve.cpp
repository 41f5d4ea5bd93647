#include "ui/monotone_curve.hpp"

#include <cmath>

namespace downhill::ui {
namespace {

// The slope at a point between two pieces with these slopes and widths: 0 at a hill or in a dale,
// otherwise their weighted harmonic mean.
float slope_between(float left, float right, float left_width, float right_width) {
  if (!(left * right > 0)) return 0;
  const float a = left_width + 2 * right_width, b = 2 * left_width + right_width;
  return (a + b) / (a / right + b / left);
}

}  // namespace

void MonotoneCurve::through(std::span<const float> x, std::span<const float> y) {
  xs.clear();
  ys.clear();
  if (x.empty()) return;
  const auto slope = [&](size_t i) { return (y[i + 1] - y[i]) / (x[i + 1] - x[i]); };
  const size_t last = x.size() - 1;
  slopes_.assign(x.size(), 0.0f);
  for (size_t i = 0; i <= last && last > 0; ++i) {
    slopes_[i] = i == 0      ? slope(0)
                 : i == last ? slope(last - 1)
                             : slope_between(slope(i - 1), slope(i), x[i] - x[i - 1], x[i + 1] - x[i]);
  }
  for (size_t i = 0; i < last; ++i) {
    const float width = x[i + 1] - x[i];
    const bool straight = !std::isfinite(slopes_[i]) || !std::isfinite(slopes_[i + 1]);
    for (int piece = 0; piece < kPieces; ++piece) {
      const float t = static_cast<float>(piece) / kPieces, u = 1 - t;
      xs.push_back(x[i] + t * width);
      // Hermite's cubic.
      ys.push_back(piece == 0 ? y[i]
                   : straight ? y[i] + t * (y[i + 1] - y[i])
                              : u * u * (1 + 2 * t) * y[i] + t * t * (3 - 2 * t) * y[i + 1] +
                                  t * u * width * (u * slopes_[i] - t * slopes_[i + 1]));
    }
  }
  xs.push_back(x[last]);
  ys.push_back(y[last]);
}

}  // namespace downhill::ui
