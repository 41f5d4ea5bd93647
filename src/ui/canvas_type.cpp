// Text on a Canvas: measuring, eliding, breaking into lines.
#include <algorithm>
#include <cmath>

#include "imgui.h"
#include "ui/canvas.hpp"

namespace downhill::ui {

float Canvas::width(Type type, std::string_view text) const {
  if (text.empty()) return 0;
  const ImFont* font = theme_->font(type);
  const ImVec2 size =
      font->CalcTextSizeA(font->FontSize, 1e9f, 0, text.data(), text.data() + text.size());
  return size.x / scale();
}

void Canvas::draw_run(float x, float baseline, Type type, Tone tone, std::string_view text) {
  if (text.empty()) return;
  ImFont* font = theme_->font(type);
  const ImVec2 at{std::round(x * scale()),
                  std::round(baseline * scale()) - std::round(font->Ascent)};
  draw_->AddText(font, font->FontSize, at, theme_->color(tone), text.data(),
                 text.data() + text.size());
  if (!recording_) return;
  const ImVec2 low = draw_->GetClipRectMin(), high = draw_->GetClipRectMax();
  TextMark mark;
  mark.rect = {x, baseline - metrics(type).cap, x + width(type, text), baseline};
  mark.clip = {low.x / scale(), low.y / scale(), high.x / scale(), high.y / scale()};
  mark.layer = layer_;
  mark.scrolls = scroll_depth_ > 0;
  mark.shortened = text.ends_with("…");
  mark.text.add(text);
  texts_.push_back(mark);
}

void Canvas::draw_caption(float x, float baseline, Type type, Tone tone, std::string_view text) {
  draw_run(x, baseline, type, tone, text);
  constexpr float kAround = 4;  // dp
  const float top = baseline - metrics(type).cap - kAround, bottom = baseline + kAround;
  // A menu and a message explain themselves.
  if (layer_ != 0 || mouse_.y < top || mouse_.y >= bottom || mouse_.x < x) return;
  for (FoundWord at = words_.find(text); at.word != nullptr; at = words_.find(text, at.end)) {
    const Rect place{x + width(type, text.substr(0, at.begin)), top,
                     x + width(type, text.substr(0, at.end)), bottom};
    if (!hovering(place)) continue;
    word_ = at.word;
    word_place_ = place;
  }
}

float Canvas::text(float x, float baseline, Type type, Tone tone, std::string_view text) {
  draw_caption(x, baseline, type, tone, text);
  return width(type, text);
}

float Canvas::text_right(float x, float baseline, Type type, Tone tone, std::string_view text) {
  const float w = width(type, text);
  draw_caption(x - w, baseline, type, tone, text);
  return w;
}

float Canvas::text_center(float x, float baseline, Type type, Tone tone, std::string_view text) {
  const float w = width(type, text);
  draw_caption(x - w / 2, baseline, type, tone, text);
  return w;
}

size_t Canvas::fitting_letters(Type type, std::string_view text, float width) const {
  if (text.empty()) return 0;
  const ImFont* font = theme_->font(type);
  const char* rest = nullptr;
  font->CalcTextSizeA(font->FontSize, width * scale(), 0, text.data(), text.data() + text.size(),
                      &rest);
  return static_cast<size_t>(rest - text.data());
}

namespace {

// Whether `text` begins with a sign or a unit that belongs to the number before it.
bool begins_with_unit(std::string_view text) {
  for (const std::string_view unit : {"%", "s", "ms", "min", "MB"}) {
    if (!text.starts_with(unit)) continue;
    const std::string_view rest = text.substr(unit.size());
    if (rest.empty() || std::string_view(" .,;:)?").find(rest.front()) != std::string_view::npos)
      return true;
  }
  return false;
}

// The last space up to `end` at which a line may break: not between a number and its unit, and not
// before a last word of two letters, such as "7?".
size_t last_break(std::string_view text, size_t end) {
  for (size_t at = text.rfind(' ', end); at != std::string_view::npos && at > 0;
       at = text.rfind(' ', at - 1)) {
    const bool after_digit = text[at - 1] >= '0' && text[at - 1] <= '9';
    if (text.size() - at <= 3 && text.rfind(' ', at - 1) != std::string_view::npos) continue;
    if (!after_digit || !begins_with_unit(text.substr(at + 1))) return at;
  }
  return std::string_view::npos;
}

}  // namespace

size_t Canvas::fitting(Type type, std::string_view text, float width) const {
  size_t bytes = fitting_letters(type, text, width);
  if (const size_t newline = text.substr(0, bytes).find('\n'); newline != std::string_view::npos) {
    return newline;
  }
  if (bytes >= text.size()) return text.size();
  if (const size_t space = last_break(text, bytes); space != std::string_view::npos) return space;
  return std::max<size_t>(bytes, 1);
}

void Canvas::text_in(const Rect& box, Type type, Tone tone, std::string_view text, Align align) {
  if (box.width() <= 0) return;
  const float y = baseline(type, box.center().y);
  const float w = width(type, text);
  if (w <= box.width() + 0.5f) {
    const float slack = box.width() - w;
    const float shift = align == Align::left ? 0 : align == Align::center ? slack / 2 : slack;
    draw_caption(box.x0 + shift, y, type, tone, text);
    return;
  }
  LongLabel cut(text.substr(0, fitting_letters(type, text, box.width() - width(type, "…"))));
  draw_run(box.x0, y, type, tone, cut.add("…"));
  explain(box, text, text);
}

void Canvas::text_in(const Rect& box, Type type, Tone tone,
                     std::initializer_list<std::string_view> one_of, Align align) {
  const auto fits = [&](std::string_view text) { return width(type, text) <= box.width() + 0.5f; };
  const auto* found = std::ranges::find_if(one_of, fits);
  const bool none = found == one_of.end();
  text_in(box, type, tone, none ? *std::prev(found) : *found, align);
  if (found != one_of.begin()) explain(box, *one_of.begin(), *one_of.begin());
}

float Canvas::paragraph(const Rect& box, Type type, Tone tone, std::string_view text,
                        int max_lines) {
  const TypeMetrics& m = metrics(type);
  const std::string_view whole = text;
  float y = box.y0 + (m.line + m.cap) / 2;
  for (int i = 0; i < max_lines && !text.empty(); ++i, y += m.line) {
    size_t bytes = fitting(type, text, box.width());
    if (i + 1 == max_lines && bytes < text.size()) {
      LongLabel cut(text.substr(0, fitting_letters(type, text, box.width() - width(type, "…"))));
      draw_run(box.x0, y, type, tone, cut.add("…"));
      explain({box.x0, box.y0, box.x1, y}, whole);
      return m.line * static_cast<float>(i + 1);
    }
    draw_run(box.x0, y, type, tone, text.substr(0, bytes));
    if (bytes < text.size() && (text[bytes] == ' ' || text[bytes] == '\n')) ++bytes;
    text.remove_prefix(bytes);
  }
  return y - box.y0 - (m.line + m.cap) / 2;
}

float Canvas::paragraph_height(float width, Type type, std::string_view text, int max_lines) const {
  int lines = 0;
  for (; lines < max_lines && !text.empty(); ++lines) {
    size_t bytes = fitting(type, text, width);
    if (bytes < text.size() && (text[bytes] == ' ' || text[bytes] == '\n')) ++bytes;
    text.remove_prefix(bytes);
  }
  return metrics(type).line * static_cast<float>(lines);
}

}  // namespace downhill::ui
