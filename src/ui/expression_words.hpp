// What the page says about an expression: names of its nodes, their numbers, and what the last step
// did, with the numbers that it used. Draws nothing.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "session/snapshot.hpp"
#include "ui/label.hpp"

namespace downhill::ui {

// "3", "0.3333", "−2.5e−7": four digits, as short as possible. "NaN", "∞".
Label short_number(float value);
// The same, or "[3, 4, 10]".
LongLabel short_numbers(std::span<const float> values, bool vector);

// The node's name in the line; another one that is computed is v₁, v₂, … in the order of computing.
// A number has none.
std::string node_name(const ExpressionView& view, uint32_t node);
// The operation as the graph shows it: "×" for "*".
std::string_view op_sign(std::string_view op);

// What the last step did: "v₁ = x × x = 3 × 3 = 9", or on the way back, a line for each input,
// "dy/dx = dy/dv₁ · ∂v₁/∂x = 2 · 6 = 12".
std::vector<LongLabel> step_lines(const ExpressionView& view);
// Where the steps are: "2 of 5 forward", "back, 1 of 4".
Label step_place(const ExpressionView& view);

}  // namespace downhill::ui
