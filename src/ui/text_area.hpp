// A field for a long comma-separated text, shown and edited in several lines and returned as one.
// Enter or leaving the field commits, Ctrl+Enter begins a new line, Escape cancels.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ui/canvas.hpp"
#include "ui/widgets.hpp"

namespace downhill::ui {

class TextArea {
 public:
  // Its natural height for `text` at this width.
  static float height(const Canvas& canvas, float width, std::string_view text);
  // The committed text without spaces and line breaks, when it differs from `value`; valid until
  // the next call.
  std::optional<std::string_view> draw(Canvas& canvas, std::string_view name, const Rect& rect,
                                       std::string_view value, std::string_view help);
  bool editing() const { return state_.editing; }

 private:
  void begin(const Canvas& canvas, float width, std::string_view value);

  std::string text_;
  EditState state_;
};

}  // namespace downhill::ui
