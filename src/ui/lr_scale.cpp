#include "ui/lr_scale.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace downhill::ui {
namespace {

constexpr double kDecades = kLrLastDecade - kLrFirstDecade;

}  // namespace

float lr_to_position(float lr) {
  if (!(lr > 0)) return 0;
  const double position = (std::log10(static_cast<double>(lr)) - kLrFirstDecade) / kDecades;
  return static_cast<float>(std::clamp(position, 0.0, 1.0));
}

float position_to_lr(float position) {
  const double p = std::clamp(static_cast<double>(position), 0.0, 1.0);
  return tidy_lr(static_cast<float>(std::pow(10.0, kLrFirstDecade + p * kDecades)));
}

float tidy_lr(float lr) {
  char digits[32];
  std::snprintf(digits, sizeof digits, "%.2e", static_cast<double>(lr));
  return std::clamp(std::strtof(digits, nullptr), kMinLr, kMaxLr);
}

float shift_lr(float lr, float decades) {
  return position_to_lr(lr_to_position(lr) + decades / static_cast<float>(kDecades));
}

}  // namespace downhill::ui
