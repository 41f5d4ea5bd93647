// The loss of the current batch along the line that points downhill: how far a step would go on it,
// and what it would find there. Self-contained: any view may place it.
#pragma once

#include "session/snapshot.hpp"
#include "ui/canvas.hpp"
#include "ui/chart.hpp"

namespace downhill::ui {

// The least room in which it can be read, dp.
inline constexpr float kLossLineWidth = 220, kLossLineHeight = 130;

// Draws line over t, the distance in steps of plain SGD: t = 0 is here, t = 1 where the step ends.
// The tangent says what the gradient promises. `name` is the chart's id.
void draw_loss_line(Canvas& canvas, Chart& chart, std::string_view name, const Rect& rect,
                    const LossLine& line);

// What the line says about the step, in a sentence.
LongLabel loss_line_words(const LossLine& line);

}  // namespace downhill::ui
