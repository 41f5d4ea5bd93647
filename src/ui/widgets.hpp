// The controls of the page, drawn in its own manner: ink on paper, hairlines, one highlight. Each
// takes a name (its stable id), a place in dp, and returns what was done with it; the caller keeps
// the value. Knows no training.
#pragma once

#include <array>
#include <optional>
#include <span>
#include <string_view>

#include "ui/canvas.hpp"

namespace downhill::ui {

enum class ButtonLook : uint8_t {
  quiet,     // text only; a shade when hovered
  outlined,  // a hairline around it
  primary,   // ink-filled: the one thing to do next
};

struct ButtonText {
  std::string_view label = {};  // may be empty
  std::string_view icon = {};   // a sign of the icon font, or empty
  std::string_view help = {};   // on hover
};

// True when clicked.
bool button(Canvas& canvas, std::string_view name, const Rect& rect, ButtonLook look,
            const ButtonText& text, bool enabled = true, int part = -1);

// Some choices side by side, one of them chosen. Returns the one that was clicked.
std::optional<int> segmented(Canvas& canvas, std::string_view name, const Rect& rect,
                             std::span<const std::string_view> choices, int chosen,
                             std::string_view help = {});
// How wide it wants to be.
float segmented_width(const Canvas& canvas, std::span<const std::string_view> choices);

// A value with a small arrow that opens a menu. Returns the choice that was clicked. `labels` are
// shown, `explanations` (same length or empty) stand beside them.
std::optional<int> menu(Canvas& canvas, std::string_view name, const Rect& rect,
                        std::span<const std::string_view> labels,
                        std::span<const std::string_view> explanations, int chosen,
                        std::string_view help = {});

// The list of a menu alone, below `anchor`, opened by ImGui::OpenPopup(menu_id(name)). Returns the
// item that was clicked, the chosen one too.
std::optional<int> menu_list(Canvas& canvas, std::string_view name, const Rect& anchor,
                             std::span<const std::string_view> labels,
                             std::span<const std::string_view> explanations, int chosen);
BasicLabel<48> menu_id(std::string_view name);

// Small fields side by side, in rows of `columns`; those whose bit is set in `on` are chosen.
// Returns the one that was clicked.
std::optional<int> chips(Canvas& canvas, std::string_view name, const Rect& rect,
                         std::span<const std::string_view> labels, int columns, uint32_t on,
                         std::string_view help = {});

bool toggle(Canvas& canvas, std::string_view name, const Rect& rect, bool on,
            std::string_view help = {});

// Escape, unless it belongs to a menu or to a text that is being typed.
bool escape_pressed();

// A text field that gives its text back when Enter is pressed or the field is left. While it is not
// being edited it shows `value`.
class TextField {
 public:
  // The new text, valid until the next call, when it was committed and differs.
  std::optional<std::string_view> draw(Canvas& canvas, std::string_view name, const Rect& rect,
                                       std::string_view value, Type type = Type::body,
                                       std::string_view help = {}, Align align = Align::left);
  bool editing() const { return editing_; }
  void begin_edit() { wants_focus_ = true; }

 private:
  std::array<char, 64> buffer_{};
  bool editing_ = false, wants_focus_ = false, was_editing_ = false;
};

// A horizontal slider, `position` 0..1. Returns the new position while it is dragged or clicked.
std::optional<float> slider(Canvas& canvas, std::string_view name, const Rect& rect, float position,
                            Tone tone, std::string_view help = {});

}  // namespace downhill::ui
