#include "ui/page.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "imgui.h"
#include "ui/panels/show.hpp"
#include "ui/widgets.hpp"

namespace downhill::ui {
namespace {

// The least heights of a tab's content, dp: in a lower tab it scrolls.
constexpr float kLeastRail = 7 * 56, kLeastStage = 440, kLeastCurves = 420;

}  // namespace

bool Page::restyle(gfx::Theme mode, float pixel_ratio, float framebuffer_width,
                   float framebuffer_height, const FontFiles& fonts) {
  const float zoom = page_zoom(framebuffer_width / pixel_ratio, framebuffer_height / pixel_ratio);
  const bool same_scale = styled_ && zoom == zoom_ && pixel_ratio == pixel_ratio_;
  if (same_scale && mode == theme_.mode()) return false;
  zoom_ = zoom;
  pixel_ratio_ = pixel_ratio;
  styled_ = true;
  theme_.apply(mode, pixel_ratio * zoom, fonts);
  return !same_scale;
}

void Page::keys(const Snapshot& snapshot, Requests& requests) {
  const ImGuiIO& io = ImGui::GetIO();
  if (io.WantTextInput || io.KeyCtrl || io.KeyAlt || io.KeySuper || !snapshot.status.ready) return;
  if (ImGui::IsKeyPressed(ImGuiKey_Space, false)) {
    transport_.press_play(snapshot, requests);
  }
  if (ImGui::IsKeyPressed(ImGuiKey_N)) requests.step(CommandKind::step, StepUnit::phase);
  for (int i = 0; i < kPhaseCount; ++i) {
    if (ImGui::IsKeyPressed(static_cast<ImGuiKey>(ImGuiKey_1 + i), false))
      requests.advance(static_cast<Phase>(i));
  }
  if (ImGui::IsKeyPressed(ImGuiKey_Period)) requests.step(CommandKind::step, StepUnit::batch);
  if (ImGui::IsKeyPressed(ImGuiKey_R, false)) requests.add(CommandKind::reset);
  if (ImGui::IsKeyPressed(ImGuiKey_L, false) && transport_.offers_course())
    requests.open_course = true;
}

// A step that is carried out by itself is put on the stage, so that what was done is what one sees.
void Page::open_what_is_done(const Snapshot& snapshot, const Requests& requests, size_t first) {
  if (requests.keeps_view) return;
  for (size_t i = first; i < requests.commands.size(); ++i) {
    const Command& command = requests.commands[i];
    if (command.kind == CommandKind::advance) selection_.open(command.phase);
    if (command.kind == CommandKind::step && command.unit == StepUnit::phase)
      selection_.open(snapshot.status.next);
  }
}

Result<void> Page::use_words(std::string_view text) {
  Result<Words> words = Words::parse(text);
  if (!words) return words.error();
  canvas_.use_words(std::move(*words));
  return {};
}

Result<void> Page::show(const ShowOrder& order, DataKind data) {
  if (!order.view.empty()) {
    if (Result<void> shown = show_view(selection_, order.view, data); !shown) return shown;
  }
  if (order.hidden) selection_.hidden = *order.hidden;
  if (order.widget.empty()) {
    search_.end();
  } else {
    search_.begin(order.widget, selection_);
  }
  return {};
}

Tool* Page::tool() const {
  return selection_.panel == Panel::tool ? tools_[selection_.tool].get() : nullptr;
}

uint32_t Page::parts(const Layout& layout) const {
  const bool stage_hidden = selection_.panel != Panel::steps ||
                            (layout.shape == Shape::narrow && selection_.tab != Tab::stage);
  return kPartsBesideStage | (stage_hidden ? 0u : Stage::parts(selection_, texts_.spec()));
}

// Drops choices that refer to another model's weights or another dataset's images.
void Page::drop_stale_choices(const Snapshot& snapshot, const Snapshot& calm) {
  if (snapshot.status.parameter_count != parameter_count_) {
    parameter_count_ = snapshot.status.parameter_count;
    selection_.probe.reset();
    selection_.unit = -1;
    selection_.page = 0;
  }
  const bool other_data = snapshot.spec.data != data_;
  if (snapshot.spec.digits != digits_ || other_data) {
    if (!digits_.empty()) {
      selection_.image.reset();
      selection_.inspecting = selection_.own_gradient = false;
    }
    if (other_data) selection_.by_layers = false;
    digits_ = snapshot.spec.digits;
    data_ = snapshot.spec.data;
  }
  const auto layers = static_cast<int>(calm.parameters.layers.size());
  if (layers > 0) selection_.layer = std::clamp(selection_.layer, 0, layers - 1);
}

void Page::draw(const Snapshot& snapshot, const Surroundings& surroundings, gfx::Pictures& pictures,
                Requests& requests) {
  const ImGuiIO& io = ImGui::GetIO();
  ImGui::SetNextWindowPos({0, 0});
  ImGui::SetNextWindowSize(io.DisplaySize);
  constexpr ImGuiWindowFlags kFlags = ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoMove |
                                      ImGuiWindowFlags_NoNav | ImGuiWindowFlags_NoSavedSettings |
                                      ImGuiWindowFlags_NoBringToFrontOnFocus |
                                      ImGuiWindowFlags_NoScrollWithMouse;
  ImGui::Begin("page", nullptr, kFlags);
  canvas_.begin(pictures, zoom_);
  canvas_.reveal(search_.widget());
  race_ = surroundings.race != nullptr ? surroundings.race : &no_race_;
  const Snapshot& calm = shown_.update(snapshot, surroundings.snapshot_id, canvas_.time());
  drop_stale_choices(snapshot, calm);
  readings_.update(calm, shown_.calm_id(), shown_.live_id(), selection_);
  curves_.update(snapshot, selection_, canvas_.elapsed());
  const size_t first_command = requests.commands.size();
  transport_.set_first_speed(surroundings.first_speed);
  transport_.offer_course(surroundings.course);
  keys(snapshot, requests);

  // The experiment form has its groups in the place of the steps.
  constexpr unsigned kSteps = 1u << static_cast<unsigned>(PagePart::steps);
  const unsigned shown = selection_.panel == Panel::experiment ? kSteps : 0u;
  const Layout layout =
      make_layout(canvas_.page(), static_cast<uint8_t>(selection_.hidden & ~shown),
                  transport_.offers_course());
  const Loading loading{surroundings.bytes_loaded, surroundings.bytes_total};
  experiment_.update(snapshot, texts_.update(snapshot.spec), loading);
  header_.draw(snapshot, texts_, loading, canvas_, layout.header, selection_, requests);
  transport_.watch(snapshot, canvas_.time());
  stage_.set_loading(surroundings.bytes_loaded, surroundings.bytes_total,
                     !surroundings.engine_failure.empty());
  if (layout.shape == Shape::narrow) {
    draw_narrow(snapshot, calm, layout, requests);
  } else {
    draw_parts(snapshot, calm, layout, requests);
  }
  open_what_is_done(snapshot, requests, first_command);
  requests.parts |= parts(layout);
  requests.deferrable = shown_.deferrable_parts(canvas_.time());
  const bool dock = layout.shape == Shape::narrow;
  // On a narrow page it would lie over the fields of the form that may mend what it tells.
  const bool form = dock && selection_.panel == Panel::experiment;
  if (!form || !surroundings.engine_failure.empty())
    banner_.draw(snapshot, surroundings.engine_failure, canvas_, layout.stage, requests);
  const float dock_top = layout.dial.empty() ? layout.transport.y0 : layout.dial.y0;
  notice_.draw(surroundings.notice, surroundings.notices, canvas_, dock ? canvas_.page().y1 - dock_top : 16.0f);
  canvas_.end();
  if (ImGui::IsMouseClicked(ImGuiMouseButton_Left)) search_.end();  // the reader goes on
  search_.look(canvas_.revealed(), dock, selection_);
  ImGui::SetCursorPos({0, 0});
  ImGui::Dummy({1, 1});
  ImGui::End();
}

void Page::draw_parts(const Snapshot& snapshot, const Snapshot& calm, const Layout& layout,
                      Requests& requests) {
  transport_.draw(calm, canvas_, layout.transport, requests);
  canvas_.rule_down((layout.transport.x1 + layout.stage.x0) / 2, layout.body.y0, layout.body.y1);
  // On a medium page the experiment form also takes the space below the stage.
  const bool low_hidden = layout.shape == Shape::medium && selection_.panel == Panel::experiment;
  if (selection_.panel == Panel::experiment) {
    Rect form = layout.stage;
    if (low_hidden) form.y1 = layout.curves.y1;
    experiment_.draw(snapshot, texts_, canvas_, layout.rail, form, selection_, requests);
  } else {
    if (!layout.rail.empty())
      rail_.draw(calm, readings_, canvas_, layout.rail, selection_, requests);
    canvas_.note_picture("stage", layout.stage);
    draw_stage(snapshot, calm, layout.stage, false, requests);
  }
  if (!layout.dial.empty() && (!low_hidden || layout.dial_below_steps)) {
    ToolContext dial_context = tool_context(calm, requests);
    dial_.draw(dial_context, layout.dial);
    canvas_.note_picture("dial", layout.dial);
  }
  const Rect& right = layout.dial.empty() ? layout.curves : layout.dial;
  const bool wide = layout.shape == Shape::wide;
  if (wide && !right.empty())
    canvas_.rule_down((layout.stage.x1 + right.x0) / 2, layout.body.y0, layout.body.y1);
  if (low_hidden || layout.curves.empty()) return;
  Tool* const shown = tool();
  if (!wide && shown != nullptr && layout.stage.height() < kLeastStage) {
    ToolContext context = tool_context(snapshot, requests);
    shown->draw_rest(context, layout.curves);
  } else {
    canvas_.note_picture("curves", layout.curves);
    curves_.draw(calm, canvas_, layout.curves, selection_);
  }
}

void Page::draw_stage(const Snapshot& snapshot, const Snapshot& calm, const Rect& rect,
                      bool leads, Requests& requests) {
  if (Tool* const shown = tool()) {
    ToolContext context = tool_context(snapshot, requests);
    return shown->draw(context, rect, rect.height() >= kLeastStage);
  }
  StageContext context{calm, readings_, canvas_, selection_, requests, stage_.view_state(), leads};
  stage_.draw(context, rect);
}

void Page::draw_narrow(const Snapshot& snapshot, const Snapshot& calm, const Layout& layout,
                       Requests& requests) {
  if (selection_.panel == Panel::experiment) {
    experiment_.draw_narrow(snapshot, texts_, canvas_, layout.tabs.inset(0, 4).moved(0, 6),
                            layout.stage, selection_, requests);
  } else {
    draw_tabs(snapshot, calm, layout, requests);
  }
  canvas_.rule(layout.body.x0, layout.body.x1, layout.stage.y1 + 12, Tone::line);
  if (!layout.dial.empty()) {
    ToolContext dial_context = tool_context(calm, requests);
    dial_.draw_strip(dial_context, layout.dial);
  }
  transport_.draw_dock(calm, canvas_, layout.transport, requests);
}

// The tabs of the parts that are not hidden, and the door of the course.
void Page::draw_tab_row(Rect row, Requests& requests) {
  if (transport_.offers_course()) {
    Transport::draw_course(canvas_, row.cut_right(Transport::course_width(canvas_)), requests);
    row.x1 -= 8;
  }
  constexpr std::array<std::string_view, 3> kNames = {"Steps", "Stage", "Curves"};
  std::array<std::string_view, 3> names;
  std::array<Tab, 3> tabs{};
  size_t count = 0;
  int on = 0;
  for (const Tab tab : {Tab::steps, Tab::stage, Tab::curves}) {
    if (tab == Tab::steps && selection_.hides(PagePart::steps)) continue;
    if (tab == Tab::curves && selection_.hides(PagePart::curves)) continue;
    if (tab == selection_.tab) on = static_cast<int>(count);
    names[count] = kNames[static_cast<size_t>(tab)];
    tabs[count++] = tab;
  }
  if (count < 2) return;
  if (const auto clicked = segmented(canvas_, "tabs", row, std::span(names).first(count), on))
    selection_.tab = tabs[static_cast<size_t>(*clicked)];
}

void Page::draw_tabs(const Snapshot& snapshot, const Snapshot& calm, const Layout& layout,
                     Requests& requests) {
  if (selection_.hides(PagePart::steps) && selection_.tab == Tab::steps)
    selection_.tab = Tab::stage;
  if (selection_.hides(PagePart::curves) && selection_.tab == Tab::curves)
    selection_.tab = Tab::stage;
  if (!layout.tabs.empty()) draw_tab_row(layout.tabs.inset(0, 2).moved(0, 6), requests);
  const Rect room = layout.stage;
  const Tool* const shown = tool();
  const float least = selection_.tab == Tab::steps    ? kLeastRail + Transport::kMoves
                      : selection_.tab == Tab::curves ? kLeastCurves
                      : shown ? shown->least_height(tool_context(snapshot, requests), room.width())
                              : 0;  // a view of the stage scrolls by itself
  Rect content = canvas_.begin_scroll("tab", room, std::max(least, room.height()));
  switch (selection_.tab) {
    case Tab::steps:
      transport_.draw_moves(calm, canvas_, content.cut_top(Transport::kMoves), requests);
      rail_.draw(calm, readings_, canvas_, content, selection_, requests);
      break;
    case Tab::stage:
      canvas_.note_picture("stage", room);
      draw_stage(snapshot, calm, content, !selection_.hides(PagePart::steps), requests);
      break;
    case Tab::curves:
      canvas_.note_picture("curves", room);
      curves_.draw(calm, canvas_, content, selection_);
      break;
  }
  canvas_.end_scroll();
}

}  // namespace downhill::ui
