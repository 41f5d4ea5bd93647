// The position of a learning rate on a logarithmic scale from 1e-5 to 100. Pure arithmetic, for the
// dial and its tests.
#pragma once

#include "train/experiment_spec.hpp"

namespace downhill::ui {

inline constexpr int kLrFirstDecade = -5, kLrLastDecade = 2;  // kMinLr and kMaxLr as powers of ten

// 0 for kMinLr, 1 for kMaxLr; rates outside are clamped, NaN gives 0.
float lr_to_position(float lr);
// The inverse, rounded to three significant digits so that the page can print exactly what it sets.
float position_to_lr(float position);
// `lr` rounded to three significant digits, within kMinLr..kMaxLr.
float tidy_lr(float lr);
// `lr` times 10^decades, rounded and clamped in the same way.
float shift_lr(float lr, float decades);

}  // namespace downhill::ui
