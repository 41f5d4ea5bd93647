#include "ui/text_area.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "imgui.h"

namespace downhill::ui {
namespace {

constexpr float kPad = 8;
constexpr Type kType = Type::small;

float first_baseline(const Canvas& canvas, const Rect& rect) {
  const TypeMetrics& m = canvas.metrics(kType);
  return rect.y0 + kPad + (m.line + m.cap) / 2;
}

}  // namespace

// The length in bytes of the first line: as many whole words with what they end in as fit.
size_t TextArea::first_line(const Canvas& canvas, float width, std::string_view text) const {
  if (canvas.width(kType, text) <= width) return text.size();
  size_t fits = 0;
  for (size_t end = text.find_first_of(look_.breaks); end != std::string_view::npos;
       end = text.find_first_of(look_.breaks, end + 1)) {
    if (canvas.width(kType, text.substr(0, end + 1)) > width) break;
    fits = end + 1;
  }
  if (fits > 0) return fits;
  const size_t end = text.find_first_of(look_.breaks);  // a word wider than the line
  return end == std::string_view::npos ? text.size() : end + 1;
}

float TextArea::height(const Canvas& canvas, float width, std::string_view text) const {
  int lines = look_.spaces ? 0 : 1;
  for (; !text.empty(); ++lines) text.remove_prefix(first_line(canvas, width - 2 * kPad, text));
  return 2 * kPad +
         canvas.metrics(kType).line * static_cast<float>(std::max(lines, look_.least_lines));
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

// Makes one line of the text again.
void TextArea::commit() {
  std::string text;
  for (const char c : text_) {
    const bool inside = text.empty() || look_.breaks.find(text.back()) != std::string_view::npos;
    if (c == '\n' && look_.spaces && !inside) text += look_.new_line;
    const bool space = c == ' ' || c == '\t';
    if (c != '\n' && c != '\r' && (look_.spaces || !space)) text += c;
  }
  text_ = std::move(text);
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
    float y = first_baseline(canvas, rect);
    for (std::string_view rest = value; !rest.empty(); y += canvas.metrics(kType).line) {
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
  commit();
  if (escaped || text_ == value) return std::nullopt;
  return text_;
}

void TextArea::underline(Canvas& canvas, const Rect& rect, std::string_view value, size_t at,
                         size_t size) const {
  if (state_.editing) return;
  float y = first_baseline(canvas, rect) + 3;
  for (std::string_view rest = value;; y += canvas.metrics(kType).line) {
    const size_t line = first_line(canvas, rect.width() - 2 * kPad, rest);
    if (at < line || line == rest.size()) {
      at = std::min(at, line);
      const float x0 = rect.x0 + kPad + canvas.width(kType, rest.substr(0, at));
      const float w = canvas.width(kType, rest.substr(at, std::min(size, line - at)));
      return canvas.fill({x0, y, x0 + std::max(w, 5.0f), y + 2}, Tone::seven);
    }
    rest.remove_prefix(line);
    at -= line;
  }
}

}  // namespace downhill::ui
