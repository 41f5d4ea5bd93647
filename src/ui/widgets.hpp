// The page's controls in its own style: ink on paper, hairlines, one highlight. Each takes a name
// (its stable id) and a rectangle in dp, and returns what the user did; the caller keeps the value.
// Knows no training.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "ui/canvas.hpp"

struct ImGuiInputTextCallbackData;

namespace downhill::ui {

enum class ButtonLook : uint8_t {
  quiet,     // text only; a shade when hovered
  outlined,  // a hairline around it
  primary,   // ink-filled: the one thing to do next
};

struct ButtonText {
  std::string_view label = {};  // may be empty
  std::string_view icon = {};   // a glyph of the icon font, or empty
  std::string_view help = {};   // tooltip
};

// True when clicked.
bool button(Canvas& canvas, std::string_view name, const Rect& rect, ButtonLook look,
            const ButtonText& text, bool enabled = true, int part = -1);

// Choices side by side, one of them selected. `help` explains them all, `helps` each of them.
// Returns the index that was clicked.
std::optional<int> segmented(Canvas& canvas, std::string_view name, const Rect& rect,
                             std::span<const std::string_view> choices, int chosen,
                             std::string_view help = {},
                             std::span<const std::string_view> helps = {});
// Its natural width.
float segmented_width(const Canvas& canvas, std::span<const std::string_view> choices);

// A value with a small arrow that opens a menu of `labels`, with `explanations` and `names` (as
// many, or none) beside them, as far as there is room: the names first. Returns the index that was
// clicked.
std::optional<int> menu(Canvas& canvas, std::string_view name, const Rect& rect,
                        std::span<const std::string_view> labels,
                        std::span<const std::string_view> explanations, int chosen,
                        std::string_view help = {}, std::span<const std::string_view> names = {});

// Only the list of a menu, below `anchor`, opened by ImGui::OpenPopup(menu_id(name)). Returns the
// index that was clicked, even if it is the one already selected.
std::optional<int> menu_list(Canvas& canvas, std::string_view name, const Rect& anchor,
                             std::span<const std::string_view> labels,
                             std::span<const std::string_view> explanations, int chosen,
                             std::span<const std::string_view> names = {});
BasicLabel<48> menu_id(std::string_view name);

// Small buttons in rows of `columns`; those whose bit is set in `on` are selected. Returns the
// index that was clicked.
std::optional<int> chips(Canvas& canvas, std::string_view name, const Rect& rect,
                         std::span<const std::string_view> labels, int columns, uint32_t on,
                         std::string_view help = {});

// True when clicked.
bool toggle(Canvas& canvas, std::string_view name, const Rect& rect, bool on,
            std::string_view help = {});

// True when Escape is pressed, unless a menu or a text field takes it.
bool escape_pressed();

// The state of a text field that Dear ImGui edits.
struct EditState {
  bool editing = false, wants_focus = false, was_active = false;

  // Call after the field is drawn. True when this frame ends the edit: Enter was pressed, or the
  // field, once active, has lost the focus.
  bool ended(bool entered, bool active);
};

// A text longer than this, in bytes, is committed at once: nothing takes it, and it is refused for
// its length. It is not cut, which would make another text of it.
inline constexpr size_t kMostTyped = 4096;
// For ImGui::InputText with ImGuiInputTextFlags_CallbackResize: `UserData` is the std::string that
// it edits.
int grow_text(ImGuiInputTextCallbackData* data);

// A text field that commits its text when Enter is pressed or the field loses focus. While it is
// not being edited it shows `value`.
class TextField {
 public:
  void use(Keyboard keyboard) { keyboard_ = keyboard; }
  // The committed text when it differs from `value`; valid until the next call.
  std::optional<std::string_view> draw(Canvas& canvas, std::string_view name, const Rect& rect,
                                       std::string_view value, Type type = Type::body,
                                       std::string_view help = {}, Align align = Align::left);
  bool editing() const { return state_.editing; }
  void begin_edit() { state_.wants_focus = true; }

 private:
  Keyboard keyboard_ = Keyboard::numbers;
  std::string text_;
  EditState state_;
};

inline constexpr float kFactRow = 20;  // dp from one line to the next
// One line with a name at the left and its value at the right, `y` its baseline. Returns the next.
float fact_row(Canvas& canvas, float x0, float x1, float y, std::string_view name,
               std::string_view value, Tone tone = Tone::ink);

// A track filled from the left to `share`, 0..1.
void progress_bar(Canvas& canvas, const Rect& track, float share);

// A horizontal slider, `position` 0..1. Returns the new position while it is dragged or clicked.
std::optional<float> slider(Canvas& canvas, std::string_view name, const Rect& rect, float position,
                            Tone tone, std::string_view help = {});

}  // namespace downhill::ui
