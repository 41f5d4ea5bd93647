#include "ui/canvas.hpp"

#include <cmath>
#include <utility>

#include "imgui.h"

namespace downhill::ui {
namespace {

constexpr double kTooltipDelay = 0.35;

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

// --- click targets

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
  // Below the anchor; above it where there is no room; beside it where there is room for neither.
  float y = anchor.y1 + kOff;
  if (y + size.y > page_.y1 - kEdge) y = anchor.y0 - kOff - size.y;
  if (y < kEdge) {
    y = std::clamp(anchor.center().y - size.y / 2, kEdge,
                   std::max(kEdge, page_.y1 - size.y - kEdge));
    x = anchor.x1 + kOff + size.x < page_.x1 ? anchor.x1 + kOff
                                             : std::max(kEdge, anchor.x0 - kOff - size.x);
  }
  const Rect box = Rect::at(snap(x), snap(y), size.x, size.y);
  for (int i = 4; i > 0; --i) {  // a soft shadow lifts the card off the page
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
  constexpr float kSpill = 6;  // dp; outlines may extend a little beyond the content
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
