// The loss of the current batch along the line that points downhill: how far a step goes on it, and
// what loss it finds there. Self-contained: any view may place it.
#pragma once

#include "session/snapshot.hpp"
#include "ui/canvas.hpp"
#include "ui/chart.hpp"

namespace downhill::ui {

// The least size at which it is readable, dp.
inline constexpr float kLossLineWidth = 220, kLossLineHeight = 130;

// Draws the loss over t, the distance in steps of plain SGD: t = 0 is here, t = 1 the end of the
// step. The tangent shows what the gradient predicts. `name` is the chart's id.
void draw_loss_line(Canvas& canvas, Chart& chart, std::string_view name, const Rect& rect,
                    const LossLine& line);

// What the line says about the step, in a sentence.
LongLabel loss_line_words(const LossLine& line);

}  // namespace downhill::ui
