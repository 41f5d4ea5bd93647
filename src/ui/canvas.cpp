#include "ui/canvas.hpp"

#include <cmath>
#include <utility>

#include "imgui.h"

namespace downhill::ui {
namespace {

constexpr double kTooltipDelay = 0.35;
constexpr float kMoved = 6;  // dp: a hand that rests moves less

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
  drag_is_claimed_ = std::exchange(claims_drag_, false);
  std::swap(widgets_, last_widgets_);
  widgets_.clear();
  shown_.clear();
  fields_.clear();
  texts_.clear();
  word_ = nullptr;
  tooltip_ = {};
  tooltip_box_ = {};
  revealed_ = false;
}

void Canvas::end() {
  if (ImGui::IsPopupOpen("", ImGuiPopupFlags_AnyPopupId | ImGuiPopupFlags_AnyPopupLevel))
    fields_.clear();
  draw_tooltip();
}

float Canvas::snap(float dp) const { return std::round(dp * scale()) / scale(); }

// --- click targets

void Canvas::note_widget(std::string_view name, const Rect& rect, int part) {
  WidgetRect widget;
  widget.name.add(name);
  if (part >= 0) widget.name.format(":%d", part);
  widget.rect = css(rect);
  widgets_.push_back(widget);
  if (to_reveal_.empty() || widget.name.view() != to_reveal_.view()) return;
  revealed_ = true;
  if (scroll_depth_ > 0) scroll_to(rect);
}

void Canvas::note_picture(std::string_view name, const Rect& rect) {
  WidgetRect picture;
  picture.name.add(name);
  picture.rect = css(rect);
  shown_.push_back(picture);
}

// Takes effect in the next frame.
void Canvas::scroll_to(const Rect& rect) {
  constexpr float kMargin = 12;  // dp
  const float s = scale(), top = ImGui::GetWindowPos().y, bottom = top + ImGui::GetWindowHeight();
  const float above = top - (rect.y0 - kMargin) * s, below = (rect.y1 + kMargin) * s - bottom;
  if (above > 0) {
    ImGui::SetScrollY(ImGui::GetScrollY() - above);
  } else if (below > 0) {
    ImGui::SetScrollY(ImGui::GetScrollY() + std::min(below, -above));
  }
}

void Canvas::note_field(const Rect& rect, Keyboard keyboard) {
  const float s = scale();
  const ImVec2 low = draw_->GetClipRectMin(), high = draw_->GetClipRectMax();
  const Rect seen{std::max(rect.x0, low.x / s), std::max(rect.y0, low.y / s),
                  std::min(rect.x1, high.x / s), std::min(rect.y1, high.y / s)};
  if (!seen.empty()) fields_.push_back({css(seen), keyboard});
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

bool Canvas::visible(const Rect& rect) const {
  const float s = scale();
  const ImVec2 low = draw_->GetClipRectMin(), high = draw_->GetClipRectMax();
  return rect.overlaps({low.x / s, low.y / s, high.x / s, high.y / s});
}

bool Canvas::hovering(const Rect& rect) const {
  const float s = scale();
  return ImGui::IsWindowHovered(ImGuiHoveredFlags_AllowWhenBlockedByActiveItem) &&
         ImGui::IsMouseHoveringRect({rect.x0 * s, rect.y0 * s}, {rect.x1 * s, rect.y1 * s});
}

void Canvas::explain(const Rect& rect, std::string_view text, std::string_view caption) {
  if (!hovering(rect)) return;
  LongLabel help(text);
  words_.explain(help, caption);
  if (help.empty()) return;
  tooltip_ = help;
  tooltip_anchor_ = rect;
}

void Canvas::draw_tooltip() {
  if (tooltip_.empty() && word_ != nullptr) {
    tooltip_ = LongLabel(word_->sentence);
    tooltip_anchor_ = word_place_;
  }
  const Rect anchor = tooltip_.empty() ? Rect{} : tooltip_anchor_;
  if (anchor != resting_on_) rest_since_ = time_;
  resting_on_ = anchor;
  // Who presses it knows it, and wants to see what the press does. What comes to lie under the mouse
  // then explains itself when the mouse moves.
  if (ImGui::IsMouseDown(ImGuiMouseButton_Left)) {
    is_pressed_ = true;
    pressed_at_ = mouse_;
    pressed_on_ = anchor;
  }
  const float moved = std::hypot(mouse_.x - pressed_at_.x, mouse_.y - pressed_at_.y);
  if (anchor != pressed_on_ && moved > kMoved) is_pressed_ = false;
  if (tooltip_.empty() || is_pressed_ || time_ - rest_since_ < kTooltipDelay) return;
  constexpr float kWidest = 296, kPad = 12;
  const float widest = std::min(kWidest, page_.width() - 4 * kPad);
  float w = width(Type::small, tooltip_);
  if (w > widest || tooltip_.view().find('\n') != std::string_view::npos) w = widest;
  const float h = paragraph_height(w + 1, Type::small, tooltip_);
  const Rect box = begin_card({w + 2 * kPad, h + 2 * kPad - 4}, tooltip_anchor_);
  tooltip_box_ = box;
  paragraph({box.x0 + kPad, box.y0 + kPad - 2, box.x0 + kPad + w + 1, box.y1}, Type::small,
            Tone::ink, tooltip_);
  end_card();
}

// How much of the page's widgets the box covers: a control counts at least 1, a picture at most a
// half, and a control near the anchor, which may be wanted next, thrice.
float Canvas::covered(const Rect& box, const Rect& anchor) const {
  float sum = 0;
  for (const WidgetRect& widget : last_widgets_) {
    const Rect r{widget.rect.x0 / zoom_, widget.rect.y0 / zoom_, widget.rect.x1 / zoom_,
                 widget.rect.y1 / zoom_};
    const float w = std::min(r.x1, box.x1) - std::max(r.x0, box.x0),
                h = std::min(r.y1, box.y1) - std::max(r.y0, box.y0);
    if (w <= 0 || h <= 0) continue;
    constexpr float kControl = 32000;  // dp²; anything larger is a picture
    constexpr float kNear = 32;        // dp
    const float area = r.width() * r.height();
    if (area < kControl) {
      sum += (r.overlaps(anchor.inset(-kNear)) ? 3.0f : 1.0f) * (1 + w * h / area);
    } else {
      sum += 0.5f * w * h / (box.width() * box.height());
    }
  }
  return sum;
}

// Below, above, right or left of the anchor: in its middle, flush with one of its ends or beyond
// it, wherever it covers the least.
Rect Canvas::card_place(Vec size, const Rect& anchor) const {
  constexpr float kOff = 8, kEdge = 8, kOnAnchor = 100;
  const float most_x = std::max(kEdge, page_.x1 - size.x - kEdge),
              most_y = std::max(kEdge, page_.y1 - size.y - kEdge);
  const Vec middle{anchor.center().x - size.x / 2, anchor.center().y - size.y / 2};
  const Vec ends[5] = {middle,
                       {anchor.x0, anchor.y0},
                       {anchor.x1 - size.x, anchor.y1 - size.y},
                       {anchor.x1 + kOff, anchor.y1 + kOff},
                       {anchor.x0 - kOff - size.x, anchor.y0 - kOff - size.y}};
  Rect best;
  float least = 1e9f;
  const auto consider = [&](float x, float y) {
    const Rect box = Rect::at(snap(std::clamp(x, kEdge, most_x)),
                              snap(std::clamp(y, kEdge, most_y)), size.x, size.y);
    const float cost = covered(box, anchor) + (box.overlaps(anchor) ? kOnAnchor : 0.0f);
    if (cost >= least - 0.01f) return;
    least = cost;
    best = box;
  };
  for (const Vec& end : ends) consider(end.x, anchor.y1 + kOff);
  for (const Vec& end : ends) consider(end.x, anchor.y0 - kOff - size.y);
  for (const Vec& end : ends) consider(anchor.x1 + kOff, end.y);
  for (const Vec& end : ends) consider(anchor.x0 - kOff - size.x, end.y);
  return best;
}

Rect Canvas::begin_card(Vec size, const Rect& anchor) {
  const Rect box = card_place(size, anchor);
  begin_card_at(box);
  return box;
}

void Canvas::begin_card_at(const Rect& box) {
  under_card_ = draw_;
  draw_ = ImGui::GetForegroundDrawList();
  layer_ = 2;
  draw_shadow(box);
  fill(box, Tone::paper, 8);
  outline(box, Tone::line, 8);
}

// A soft shadow lifts a card off the page.
void Canvas::draw_shadow(const Rect& box) {
  for (int i = 4; i > 0; --i) {
    const auto d = static_cast<float>(i);
    fill_color(box.inset(-d).moved(0, d / 2), IM_COL32(0, 0, 0, 7), 8 + d);
  }
}

void Canvas::begin_overlay(std::string_view name, const Rect& rect) {
  draw_shadow(rect);
  const float s = scale();
  ImGui::SetNextWindowPos({std::floor(rect.x0 * s), std::floor(rect.y0 * s)});
  ImGui::SetNextWindowSize({std::ceil(rect.width() * s) + 1, std::ceil(rect.height() * s) + 1});
  const BasicLabel<48> id(name);
  ImGui::Begin(id.c_str(), nullptr,
               ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove | ImGuiWindowFlags_NoNav |
                   ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoBackground |
                   ImGuiWindowFlags_NoFocusOnAppearing | ImGuiWindowFlags_NoScrollWithMouse);
  enter_layer(1);
}

void Canvas::end_overlay() {
  ImGui::End();
  leave_layer();
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
  if (scrolls && touch_ && !drag_is_claimed_ &&
      ImGui::IsWindowHovered(ImGuiHoveredFlags_AllowWhenBlockedByActiveItem) &&
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
