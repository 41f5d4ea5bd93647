// Where a learning rate stands on a scale from 1e-5 to 100 whose decades are equally wide. Pure
// arithmetic for the dial and its tests.
#pragma once

#include "train/experiment_spec.hpp"

namespace downhill::ui {

inline constexpr int kLrFirstDecade = -5, kLrLastDecade = 2;  // kMinLr and kMaxLr as powers of ten

// 0 for kMinLr, 1 for kMaxLr; rates outside are clamped, what is not a number gives 0.
float lr_to_position(float lr);
// The inverse. The result has three significant digits, so that what is set can be said.
float position_to_lr(float position);
// The same rate with three significant digits, within kMinLr..kMaxLr.
float tidy_lr(float lr);
// `lr` moved by some decades, tidy and within the scale.
float shift_lr(float lr, float decades);

}  // namespace downhill::ui
