#include "ui/nice_scale.hpp"

#include <algorithm>
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

void HeatScale::update(float largest) {
  if (held_) {
    clipped_ = largest > value_;
    return;
  }
  clipped_ = false;
  const float wanted = nice_ceil(largest);
  // Grow at once, so that nothing lies beyond; shrink only when the smaller scale leaves some room.
  if (!any_ || wanted > value_ || nice_ceil(largest * 1.2f) < value_) value_ = wanted;
  any_ = largest > 0;
}

}  // namespace downhill::ui
