// A field for a long text, shown and edited in several lines and returned as one. Enter or leaving
// the field commits, Ctrl+Enter begins a new line, Escape cancels.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "ui/canvas.hpp"
#include "ui/widgets.hpp"

namespace downhill::ui {

// Which texts a field is for.
struct TextLook {
  std::string_view breaks = ",";   // a line may end behind these
  bool spaces = false;             // they stay
  std::string_view new_line = "";  // what stands for a line break of the reader's own
  int least_lines = 3;
};

class TextArea {
 public:
  explicit TextArea(TextLook look = {}) : look_(look) {}
  // Its natural height for `text` at this width.
  float height(const Canvas& canvas, float width, std::string_view text) const;
  // The committed text, when it differs from `value`; valid until the next call. Without `spaces` it
  // has none.
  std::optional<std::string_view> draw(Canvas& canvas, std::string_view name, const Rect& rect,
                                       std::string_view value, std::string_view help);
  // Underlines some bytes of `value`, which the field has just drawn in `rect`; of none, their place.
  void underline(Canvas& canvas, const Rect& rect, std::string_view value, size_t at,
                 size_t size) const;
  bool editing() const { return state_.editing; }

 private:
  size_t first_line(const Canvas& canvas, float width, std::string_view text) const;
  void begin(const Canvas& canvas, float width, std::string_view value);
  void commit();

  TextLook look_;
  std::string text_;
  EditState state_;
};

}  // namespace downhill::ui
