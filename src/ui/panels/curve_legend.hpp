// The legend of a chart of curves: a line, a name and a value for each of them.
#pragma once

#include <span>
#include <string_view>

#include "ui/canvas.hpp"

namespace downhill::ui {

struct LegendItem {
  std::string_view name;
  Label value;
  Tone tone;  // of its line; paper: it has none
  bool with_dot;
};

// Names that have no room are cut, or left out where their lines tell which they are.
void draw_legend(Canvas& canvas, const Rect& rect, std::span<const LegendItem> items);

}  // namespace downhill::ui
