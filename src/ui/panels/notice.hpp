// Something said once, in passing, at the foot of the page: it lies above everything, moves
// nothing, and goes away by itself.
#pragma once

#include <string>
#include <string_view>

#include "ui/canvas.hpp"

namespace downhill::ui {

class Notice {
 public:
  // `above`: the height at the foot of the page to keep free. A new text is shown for as long as it
  // takes to read.
  void draw(std::string_view text, Canvas& canvas, float above);

 private:
  std::string text_;
  double since_ = -1e9;
};

}  // namespace downhill::ui
