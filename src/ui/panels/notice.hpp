// A short message at the foot of the page. It lies above everything, moves nothing and disappears
// by itself.
#pragma once

#include <string>
#include <string_view>

#include "ui/canvas.hpp"

namespace downhill::ui {

class Notice {
 public:
  // `above`: the height at the foot of the page to keep free. A new text is shown for as long as it
  // takes to read, and so is the same text under a new number.
  void draw(std::string_view text, uint64_t number, Canvas& canvas, float above);
  // Whether the last frame showed one. It takes frames to disappear.
  bool shown() const { return shown_; }

 private:
  std::string text_;
  uint64_t number_ = 0;
  double since_ = -1e9;
  bool shown_ = false;
};

}  // namespace downhill::ui
