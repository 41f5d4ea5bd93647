// A field for a long text of words with commas between them: shown in lines, edited in lines, and
// given back in one. Enter or leaving the field commits, Ctrl+Enter begins a line, Escape gives up.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "ui/canvas.hpp"

namespace downhill::ui {

class TextArea {
 public:
  // How high it wants to be for `text` at this width.
  static float height(const Canvas& canvas, float width, std::string_view text);
  // The new text without spaces and line breaks, valid until the next call, when it was committed
  // and differs from `value`.
  std::optional<std::string_view> draw(Canvas& canvas, std::string_view name, const Rect& rect,
                                       std::string_view value, std::string_view help);
  bool editing() const { return editing_; }

 private:
  void begin(const Canvas& canvas, float width, std::string_view value);

  std::array<char, 1536> buffer_{};
  bool editing_ = false, wants_focus_ = false, was_active_ = false;
};

}  // namespace downhill::ui
