#include "ui/text_area.hpp"

#include <algorithm>
#include <cmath>

#include "imgui.h"

namespace downhill::ui {
namespace {

constexpr float kPad = 8;
constexpr Type kType = Type::small;

// The length in bytes of the first line: as many whole words with their commas as fit.
size_t first_line(const Canvas& canvas, float width, std::string_view text) {
  if (canvas.width(kType, text) <= width) return text.size();
  size_t fits = 0;
  for (size_t comma = text.find(','); comma != std::string_view::npos;
       comma = text.find(',', comma + 1)) {
    if (canvas.width(kType, text.substr(0, comma + 1)) > width) break;
    fits = comma + 1;
  }
  if (fits > 0) return fits;
  const size_t comma = text.find(',');  // a word wider than the line
  return comma == std::string_view::npos ? text.size() : comma + 1;
}

}  // namespace

float TextArea::height(const Canvas& canvas, float width, std::string_view text) {
  int lines = 1;
  for (; !text.empty(); ++lines) text.remove_prefix(first_line(canvas, width - 2 * kPad, text));
  return 2 * kPad + canvas.metrics(kType).line * static_cast<float>(std::max(lines, 3));
}

void TextArea::begin(const Canvas& canvas, float width, std::string_view value) {
  text_.clear();
  while (!value.empty()) {
    const size_t line = first_line(canvas, width, value);
    if (!text_.empty()) text_ += '\n';
    text_ += value.substr(0, line);
    value.remove_prefix(line);
  }
}

std::optional<std::string_view> TextArea::draw(Canvas& canvas, std::string_view name,
                                               const Rect& rect, std::string_view value,
                                               std::string_view help) {
  const float inner = rect.width() - 2 * kPad;
  canvas.note_field(rect, Keyboard::letters);
  if (!state_.editing && !state_.wants_focus) {
    const Hit hit = canvas.hit(name, rect, -1, false);
    if (hit.hovered) {
      ImGui::SetMouseCursor(ImGuiMouseCursor_TextInput);
      canvas.fill(rect, Tone::surface, 6);
    }
    canvas.explain(rect, help);
    canvas.outline(rect, Tone::line, 6);
    const TypeMetrics& m = canvas.metrics(kType);
    float y = rect.y0 + kPad + (m.line + m.cap) / 2;
    for (std::string_view rest = value; !rest.empty(); y += m.line) {
      const size_t line = first_line(canvas, inner, rest);
      canvas.text(rect.x0 + kPad, y, kType, Tone::ink, rest.substr(0, line));
      rest.remove_prefix(line);
    }
    if (hit.clicked) state_.wants_focus = true;
    return std::nullopt;
  }
  canvas.note_widget(name, rect);
  if (state_.wants_focus) begin(canvas, inner, value);
  const float s = canvas.scale();
  canvas.outline(rect, Tone::ink, 6);
  ImGui::PushFont(canvas.theme().font(kType));
  ImGui::PushStyleVar(ImGuiStyleVar_FramePadding, ImVec2(kPad * s, kPad * s));
  ImGui::SetCursorScreenPos({std::round(rect.x0 * s), std::round(rect.y0 * s)});
  if (state_.wants_focus) ImGui::SetKeyboardFocusHere();
  const BasicLabel<48> id = BasicLabel<48>("##").add(name).add(" area");
  const bool entered = ImGui::InputTextMultiline(
      id.c_str(), text_.data(), text_.capacity() + 1, {rect.width() * s, rect.height() * s},
      ImGuiInputTextFlags_EnterReturnsTrue | ImGuiInputTextFlags_CtrlEnterForNewLine |
          ImGuiInputTextFlags_CallbackResize,
      grow_text, &text_);
  const bool active = ImGui::IsItemActive(), escaped = ImGui::IsKeyPressed(ImGuiKey_Escape);
  ImGui::PopStyleVar();
  ImGui::PopFont();
  if (!state_.ended(entered || text_.size() > kMostTyped, active)) return std::nullopt;
  std::erase_if(text_, [](char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; });
  if (escaped || text_ == value) return std::nullopt;
  return text_;
}

}  // namespace downhill::ui
