// One weight, tied together wherever it shows: the weight that is on show, an arrow from its gradient
// to itself, and its step as an equation of real numbers. Shared by the views of Gradient and Step.
#pragma once

#include <optional>

#include "ui/heat_view.hpp"
#include "ui/panels/stage_views.hpp"

namespace downhill::ui {

// The weight under the mouse; otherwise the clicked one, if it is of the layer on show; otherwise the
// one that is followed.
std::optional<uint32_t> weight_on_show(const Snapshot& snapshot, const Readings& readings,
                                       const Selection& selection);

// Picks the weight to follow: the one with the largest gradient among those that `frame` shows. It
// stays the same until other weights are shown, so that nothing jumps while training goes on.
void follow_largest(Readings& readings, const Snapshot& snapshot, const Selection& selection,
                    const HeatFrame& frame);

// An arrow from a weight in one picture to the same weight in another; without its head, a line.
void draw_tie(Canvas& canvas, const LayerInfo& layer, const HeatFrame& from, const HeatFrame& to,
              uint32_t weight, bool head = true);
// The same in right angles by way of `x`, where there is nothing to cover.
void draw_tie_by(Canvas& canvas, const LayerInfo& layer, const HeatFrame& from, const HeatFrame& to,
                 uint32_t weight, float x);

// The step of one weight, as the optimizer takes it. Where the change is not rate × gradient, only the
// change is said.
struct WeightStep {
  float before = 0, gradient = 0, rate = 0, change = 0, after = 0;
  bool plain = false;  // after = before − rate × gradient
  bool own = false;    // the gradient is that of the selected image alone
  bool done = false;   // it was taken
  bool known = false;
};
WeightStep step_of_weight(const StageContext& c, uint32_t weight);

inline constexpr float kEquation = 76;  // dp of height for a row; below each other they take 146
// "before − rate × gradient = after" with the numbers of the weight on show, in a row, or below each
// other where the row is too narrow for that. Without such a weight, what to do about it. Returns the
// y at which it ends.
float draw_weight_equation(StageContext& c, const Rect& rect);

}  // namespace downhill::ui
