#include "ui/nice_scale.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace downhill::ui {
namespace {

double nice_step(double rough) {
  const double decade = std::pow(10.0, std::floor(std::log10(rough)));
  const double share = rough / decade;
  return (share <= 1.0001 ? 1.0 : share <= 2.0001 ? 2.0 : share <= 5.0001 ? 5.0 : 10.0) * decade;
}

}  // namespace

float nice_ceil(float value) {
  if (!(value > 0) || !std::isfinite(value)) return 1;
  return static_cast<float>(nice_step(static_cast<double>(value)));
}

float color_ceil(float value) {
  if (!(value > 0) || !std::isfinite(value)) return 1;
  const auto exact = static_cast<double>(value);
  const double decade = std::pow(10.0, std::floor(std::log10(exact)));
  for (const double round : {1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0}) {
    if (exact <= round * decade * 1.0001) return static_cast<float>(round * decade);
  }
  return static_cast<float>(10 * decade);
}

void nice_ticks(double low, double high, int wanted, bool logarithmic, std::vector<double>& out) {
  out.clear();
  if (!(high > low) || wanted < 1) return;
  if (logarithmic) {
    const double first = std::ceil(std::log10(low) - 1e-9),
                 last = std::floor(std::log10(high) + 1e-9);
    const double every = std::max(1.0, std::ceil((last - first + 1) / wanted));
    for (double decade = first; decade <= last; decade += every)
      out.push_back(std::pow(10.0, decade));
    return;
  }
  const double step = nice_step((high - low) / wanted);
  for (double i = std::ceil(low / step - 1e-9); i * step <= high + step * 1e-9; i += 1) {
    out.push_back(i * step);
  }
}

Magnitudes magnitudes_of(std::span<const float> values) {
  constexpr int kBins = 256;
  constexpr size_t kOneIn = 500;
  Magnitudes m;
  for (const float v : values) {
    if (std::isfinite(v)) m.largest = std::max(m.largest, std::abs(v));
  }
  m.covered = m.largest;
  if (m.largest <= 0) return m;
  std::array<size_t, kBins + 1> bins{};
  for (const float v : values) {
    if (std::isfinite(v)) bins[static_cast<size_t>(std::abs(v) / m.largest * kBins)] += 1;
  }
  // From the largest down, as long as few values are left out.
  size_t beyond = 0;
  int bin = kBins;
  while (bin > 0 && (beyond + bins[static_cast<size_t>(bin)]) * kOneIn <= values.size()) {
    beyond += bins[static_cast<size_t>(bin)];
    --bin;
  }
  const float covered = m.largest * static_cast<float>(bin + 1) / kBins;
  if (beyond == 0 || 2 * covered >= m.largest) return m;
  m.covered = covered;
  m.beyond = beyond;
  return m;
}

void HeatScale::update(const Magnitudes& magnitudes, bool fast) {
  if (!held_) {
    const float wanted = color_ceil(magnitudes.covered);
    const bool roomy = color_ceil(magnitudes.covered * 1.2f) < value_;
    if (!fast || !any_ || wanted > value_ || roomy) value_ = wanted;
    any_ = magnitudes.covered > 0;
  }
  clipped_ = magnitudes.largest > value_;
}

}  // namespace downhill::ui
