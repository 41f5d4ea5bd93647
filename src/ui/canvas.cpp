#include "ui/canvas.hpp"

#include <cmath>
#include <utility>

#include "imgui.h"

namespace downhill::ui {
namespace {

constexpr double kTooltipDelay = 0.35;

// Round a shape's corners to the page's pixels: sharp edges at every ratio.
ImVec2 device(float x, float y, float scale) { return {x * scale, y * scale}; }

}  // namespace

void Canvas::begin(gfx::Pictures& pictures, float zoom) {
  const ImGuiIO& io = ImGui::GetIO();
  pictures_ = &pictures;
  zoom_ = zoom;
  page_ = {0, 0, io.DisplaySize.x / scale(), io.DisplaySize.y / scale()};
  time_ = ImGui::GetTime();
  elapsed_ = std::min(io.DeltaTime, 0.1f);
  mouse_ = {io.MousePos.x / scale(), io.MousePos.y / scale()};
  touch_ = io.MouseSource == ImGuiMouseSource_TouchScreen;
  draw_ = ImGui::GetWindowDrawList();
  layer_ = 0;
  scroll_depth_ = 0;
  widgets_.clear();
  texts_.clear();
  tooltip_ = {};
}

void Canvas::end() { draw_tooltip(); }

float Canvas::snap(float dp) const { return std::round(dp * scale()) / scale(); }

// --- type

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
  mark.text.add(text);
  texts_.push_back(mark);
}

float Canvas::text(float x, float baseline, Type type, Tone tone, std::string_view text) {
  draw_run(x, baseline, type, tone, text);
  return width(type, text);
}

float Canvas::text_right(float x, float baseline, Type type, Tone tone, std::string_view text) {
  const float w = width(type, text);
  draw_run(x - w, baseline, type, tone, text);
  return w;
}

float Canvas::text_center(float x, float baseline, Type type, Tone tone, std::string_view text) {
  const float w = width(type, text);
  draw_run(x - w / 2, baseline, type, tone, text);
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

size_t Canvas::fitting(Type type, std::string_view text, float width) const {
  size_t bytes = fitting_letters(type, text, width);
  if (const size_t newline = text.substr(0, bytes).find('\n'); newline != std::string_view::npos) {
    return newline;
  }
  if (bytes >= text.size()) return text.size();
  const size_t space = text.substr(0, bytes + 1).rfind(' ');
  if (space != std::string_view::npos && space > 0) return space;
  return std::max<size_t>(bytes, 1);
}

void Canvas::text_in(const Rect& box, Type type, Tone tone, std::string_view text, Align align) {
  if (box.width() <= 0) return;
  const float y = baseline(type, box.center().y);
  const float w = width(type, text);
  if (w <= box.width() + 0.5f) {
    const float slack = box.width() - w;
    const float shift = align == Align::left ? 0 : align == Align::center ? slack / 2 : slack;
    draw_run(box.x0 + shift, y, type, tone, text);
    return;
  }
  LongLabel cut(text.substr(0, fitting_letters(type, text, box.width() - width(type, "…"))));
  draw_run(box.x0, y, type, tone, cut.add("…"));
  explain(box, text);
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

// --- shapes

void Canvas::fill(const Rect& rect, Tone tone, float radius, float alpha) {
  fill_color(rect, theme_->color(tone, alpha), radius);
}

void Canvas::fill_color(const Rect& rect, uint32_t color, float radius) {
  const float s = scale();
  draw_->AddRectFilled({std::round(rect.x0 * s), std::round(rect.y0 * s)},
                       {std::round(rect.x1 * s), std::round(rect.y1 * s)}, color, radius * s);
}

void Canvas::outline(const Rect& rect, Tone tone, float radius, float thickness) {
  const float s = scale();
  const float t = std::max(1.0f, std::round(thickness * s));
  // The line lies inside the rectangle, on whole device pixels.
  const ImVec2 low{std::round(rect.x0 * s) + t / 2, std::round(rect.y0 * s) + t / 2};
  const ImVec2 high{std::round(rect.x1 * s) - t / 2, std::round(rect.y1 * s) - t / 2};
  draw_->PathRect(low, high, radius * s);
  draw_->PathStroke(theme_->color(tone), ImDrawFlags_Closed, t);
}

void Canvas::line(Vec from, Vec to, Tone tone, float thickness, float alpha) {
  draw_->AddLine(device(from.x, from.y, scale()), device(to.x, to.y, scale()),
                 theme_->color(tone, alpha), std::max(1.0f, thickness * scale()));
}

void Canvas::rule(float x0, float x1, float y, Tone tone) {
  const float s = scale(), t = std::max(1.0f, std::floor(s));
  const float top = std::round(y * s - t / 2);
  draw_->AddRectFilled({std::round(x0 * s), top}, {std::round(x1 * s), top + t},
                       theme_->color(tone));
}

void Canvas::rule_down(float x, float y0, float y1, Tone tone) {
  const float s = scale(), t = std::max(1.0f, std::floor(s));
  const float left = std::round(x * s - t / 2);
  draw_->AddRectFilled({left, std::round(y0 * s)}, {left + t, std::round(y1 * s)},
                       theme_->color(tone));
}

void Canvas::dot(Vec center, float radius, Tone tone, float alpha) {
  draw_->AddCircleFilled(device(center.x, center.y, scale()), radius * scale(),
                         theme_->color(tone, alpha));
}

void Canvas::ring(Vec center, float radius, Tone tone, float thickness) {
  draw_->AddCircle(device(center.x, center.y, scale()), radius * scale(), theme_->color(tone), 0,
                   std::max(1.0f, thickness * scale()));
}

void Canvas::arc(Vec center, float radius, float from, float to, Tone tone, float thickness) {
  draw_->PathArcTo(device(center.x, center.y, scale()), radius * scale(), from, to);
  draw_->PathStroke(theme_->color(tone), 0, std::max(1.0f, thickness * scale()));
}

void Canvas::triangle(Vec a, Vec b, Vec c, Tone tone) {
  // Dear ImGui smooths the edges of shapes that run clockwise.
  if ((b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x) < 0) std::swap(b, c);
  draw_->AddTriangleFilled(device(a.x, a.y, scale()), device(b.x, b.y, scale()),
                           device(c.x, c.y, scale()), theme_->color(tone));
}

void Canvas::dashed(Vec from, Vec to, Tone tone, float dash, float thickness) {
  const float dx = to.x - from.x, dy = to.y - from.y;
  const float length = std::sqrt(dx * dx + dy * dy);
  if (length <= 0) return;
  for (float at = 0; at < length; at += 2 * dash) {
    const float a = at / length, b = std::min(at + dash, length) / length;
    line({from.x + dx * a, from.y + dy * a}, {from.x + dx * b, from.y + dy * b}, tone, thickness);
  }
}

void Canvas::image(gfx::TextureId texture, const Rect& rect) {
  if (texture == 0) return;
  const float s = scale();
  const float x = std::round(rect.x0 * s), y = std::round(rect.y0 * s);
  draw_->AddImage(reinterpret_cast<ImTextureID>(texture), {x, y},
                  {x + std::round(rect.width() * s), y + std::round(rect.height() * s)});
}

void Canvas::image_tile(gfx::TextureId texture, const gfx::TileGrid& grid, int tile,
                        const Rect& rect) {
  if (texture == 0) return;
  const float s = scale();
  const auto w = static_cast<float>(grid.width()), h = static_cast<float>(grid.height());
  const auto left = static_cast<float>(grid.left(tile)), top = static_cast<float>(grid.top(tile));
  const auto tw = static_cast<float>(grid.tile_width * grid.cell),
             th = static_cast<float>(grid.tile_height * grid.cell);
  const float x = std::round(rect.x0 * s), y = std::round(rect.y0 * s);
  // Where the picture is made smaller its pixels are blended: stay off the gap, which is
  // transparent.
  const float in = tw > rect.width() * s + 0.5f ? 0.5f : 0.0f;
  draw_->AddImage(reinterpret_cast<ImTextureID>(texture), {x, y},
                  {x + std::round(rect.width() * s), y + std::round(rect.height() * s)},
                  {(left + in) / w, (top + in) / h}, {(left + tw - in) / w, (top + th - in) / h});
}

// --- places

void Canvas::note_widget(std::string_view name, const Rect& rect, int part) {
  WidgetRect widget;
  widget.name.add(name);
  if (part >= 0) widget.name.format(":%d", part);
  widget.rect = {rect.x0 * zoom_, rect.y0 * zoom_, rect.x1 * zoom_, rect.y1 * zoom_};
  widgets_.push_back(widget);
}

Hit Canvas::hit(std::string_view name, const Rect& rect, int part, bool hand) {
  Hit hit;
  if (rect.empty()) return hit;
  note_widget(name, rect, part);
  const float s = scale();
  ImGui::SetCursorScreenPos({std::round(rect.x0 * s), std::round(rect.y0 * s)});
  const bool clicked =
      ImGui::InvisibleButton(widgets_.back().name.c_str(),
                             {std::max(1.0f, rect.width() * s), std::max(1.0f, rect.height() * s)});
  hit.hovered = ImGui::IsItemHovered();
  hit.held = ImGui::IsItemActive();
  hit.pressed = ImGui::IsItemActivated();
  hit.clicked = clicked;
  if (hand && (hit.hovered || hit.held)) ImGui::SetMouseCursor(ImGuiMouseCursor_Hand);
  return hit;
}

bool Canvas::hovering(const Rect& rect) const {
  const float s = scale();
  return ImGui::IsWindowHovered(ImGuiHoveredFlags_AllowWhenBlockedByActiveItem) &&
         ImGui::IsMouseHoveringRect({rect.x0 * s, rect.y0 * s}, {rect.x1 * s, rect.y1 * s});
}

void Canvas::explain(const Rect& rect, std::string_view text) {
  if (!hovering(rect) || text.empty()) return;
  tooltip_ = LongLabel(text);
  tooltip_anchor_ = rect;
}

void Canvas::draw_tooltip() {
  if (tooltip_.empty()) {
    resting_on_ = {};
    return;
  }
  if (tooltip_anchor_ != resting_on_) {
    resting_on_ = tooltip_anchor_;
    rest_since_ = time_;
  }
  if (time_ - rest_since_ < kTooltipDelay || ImGui::IsMouseDown(ImGuiMouseButton_Left)) return;
  constexpr float kWidest = 296, kPad = 12;
  const float widest = std::min(kWidest, page_.width() - 4 * kPad);
  float w = width(Type::small, tooltip_);
  if (w > widest || tooltip_.view().find('\n') != std::string_view::npos) w = widest;
  const float h = paragraph_height(w + 1, Type::small, tooltip_);
  const Rect box = begin_card({w + 2 * kPad, h + 2 * kPad - 4}, tooltip_anchor_);
  paragraph({box.x0 + kPad, box.y0 + kPad - 2, box.x0 + kPad + w + 1, box.y1}, Type::small,
            Tone::ink, tooltip_);
  end_card();
}

Rect Canvas::begin_card(Vec size, const Rect& anchor) {
  constexpr float kOff = 8, kEdge = 8;
  under_card_ = draw_;
  draw_ = ImGui::GetForegroundDrawList();
  layer_ = 2;
  float x =
      std::clamp(anchor.center().x - size.x / 2, kEdge, std::max(kEdge, page_.x1 - size.x - kEdge));
  // Below the place, or above it where there is no room; beside it when it is high.
  float y = anchor.y1 + kOff;
  if (y + size.y > page_.y1 - kEdge) y = anchor.y0 - kOff - size.y;
  if (y < kEdge) {
    y = std::clamp(anchor.center().y - size.y / 2, kEdge,
                   std::max(kEdge, page_.y1 - size.y - kEdge));
    x = anchor.x1 + kOff + size.x < page_.x1 ? anchor.x1 + kOff
                                             : std::max(kEdge, anchor.x0 - kOff - size.x);
  }
  const Rect box = Rect::at(snap(x), snap(y), size.x, size.y);
  for (int i = 4; i > 0; --i) {  // a soft shadow, so that the card lies above the page
    const auto d = static_cast<float>(i);
    fill_color(box.inset(-d).moved(0, d / 2), IM_COL32(0, 0, 0, 7), 8 + d);
  }
  fill(box, Tone::paper, 8);
  outline(box, Tone::line, 8);
  return box;
}

void Canvas::end_card() {
  draw_ = under_card_;
  layer_ = 0;
}

Rect Canvas::begin_scroll(std::string_view name, const Rect& rect, float content_height) {
  const float s = scale();
  const BasicLabel<48> id(name);
  constexpr float kSpill = 6;  // outlines may reach a little beyond the content's edges
  ImGui::SetCursorScreenPos({std::round((rect.x0 - kSpill) * s), std::round(rect.y0 * s)});
  const bool scrolls = content_height > rect.height() + 0.5f;
  const ImGuiWindowFlags flags =
      ImGuiWindowFlags_NoBackground | ImGuiWindowFlags_NoSavedSettings |
      (scrolls ? 0 : ImGuiWindowFlags_NoScrollbar | ImGuiWindowFlags_NoScrollWithMouse);
  ImGui::BeginChild(
      id.c_str(),
      {std::max(1.0f, (rect.width() + 2 * kSpill) * s), std::max(1.0f, rect.height() * s)},
      ImGuiChildFlags_None, flags);
  draw_ = ImGui::GetWindowDrawList();
  scroll_depth_ += 1;
  const ImVec2 at = ImGui::GetCursorScreenPos();
  // A finger scrolls by dragging the content.
  if (scrolls && touch_ && ImGui::IsWindowHovered(ImGuiHoveredFlags_AllowWhenBlockedByActiveItem) &&
      ImGui::IsMouseDragging(ImGuiMouseButton_Left, 6 * s)) {
    ImGui::SetScrollY(ImGui::GetScrollY() - ImGui::GetIO().MouseDelta.y);
  }
  ImGui::Dummy({1, std::max(1.0f, std::floor(content_height * s))});
  return Rect::at(at.x / s + kSpill, at.y / s, rect.width() - (scrolls ? 8.0f : 0.0f),
                  content_height);
}

void Canvas::end_scroll() {
  ImGui::EndChild();
  draw_ = ImGui::GetWindowDrawList();
  scroll_depth_ -= 1;
}

void Canvas::enter_layer(uint8_t layer) {
  draw_ = ImGui::GetWindowDrawList();
  layer_ = layer;
}

void Canvas::leave_layer() {
  draw_ = ImGui::GetWindowDrawList();
  layer_ = 0;
}

void Canvas::push_clip(const Rect& rect) {
  const float s = scale();
  draw_->PushClipRect({std::floor(rect.x0 * s), std::floor(rect.y0 * s)},
                      {std::ceil(rect.x1 * s), std::ceil(rect.y1 * s)}, true);
}

void Canvas::pop_clip() { draw_->PopClipRect(); }

}  // namespace downhill::ui
