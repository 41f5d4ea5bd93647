// Every view of the page in every state at every size: no text collides or is cut off.
#include <doctest/doctest.h>

#include <optional>
#include <string>

#include "layout_check.hpp"
#include "support/sample_snapshot.hpp"

namespace downhill::test {
namespace {

struct Case {
  SampleState state;
  std::vector<uint32_t> hidden;
};
const Case kCases[] = {
    {SampleState::empty, {30}},    {SampleState::fresh, {30}},
    {SampleState::running, {}},    {SampleState::running, {128, 64}},
    {SampleState::finished, {30}}, {SampleState::diverged, {512, 128, 64, 32, 16, 8}}};

void check_all_views(HeadlessPage& page, const Snapshot& snapshot, const std::string& what) {
  ui::Selection& selection = page.page.selection();
  for (const ui::StageView& view : ui::kStageViews) {
    selection = {};
    selection.stage = view.phase;
    if (view.phase) {
      selection.tabs[static_cast<size_t>(*view.phase)] =
          static_cast<uint8_t>(&view - ui::views_of(view.phase).data());
    }
    check_page(page, snapshot,
               what + ", " + std::string(view.phase ? phase_name(*view.phase) : "overview") + " " +
                   std::string(view.tab));
  }
  selection.unit = 0;
  selection.probe = selection.pointed = 350;
  selection.stage = Phase::gradient;
  check_page(page, snapshot, what + ", one unit and a probe");
  selection = {};
  for (const ui::Tab tab : {ui::Tab::steps, ui::Tab::curves}) {
    selection.tab = tab;
    selection.loss_log = selection.accuracy_zoom = true;
    selection.third_curve = tab == ui::Tab::curves ? ui::ThirdCurve::momentum : ui::ThirdCurve::lr;
    check_page(page, snapshot, what + ", another tab");
  }
  selection = {};
  selection.panel = ui::Panel::experiment;
  check_page(page, snapshot, what + ", experiment");
  for (const ui::ToolRow& tool : ui::kTools) {
    show_tool(selection, tool.name);
    check_page(page, snapshot, what + ", " + std::string(tool.label));
  }
  selection = {};
}

}  // namespace

TEST_CASE("No text collides or is cut off, in any view of any state at any size") {
  int number = 0;
  for (const ScreenSize& size : kSizes) {
    HeadlessPage page(size, ++number % 2 == 0 ? gfx::Theme::dark : gfx::Theme::light);
    for (const Case& c : kCases) {
      const Snapshot snapshot = sample_snapshot(c.state, c.hidden);
      const std::string what =
          size_words(size) + ", state " + std::to_string(static_cast<int>(c.state));
      check_all_views(page, snapshot, what);
    }
  }
}

TEST_CASE("Banners fit at every size") {
  for (const ScreenSize& size : kSizes) {
    HeadlessPage page(size);
    const std::string what = size_words(size);
    page.surroundings.engine_failure =
        "The engine stopped: it ran out of memory while it trained a model of 512 units.";
    check_page(page, sample_snapshot(SampleState::running), what + ", engine gone");
    CHECK(page.has("restart-engine"));
    page.surroundings.engine_failure = {};
    Snapshot refused = sample_snapshot(SampleState::fresh);
    refused.status.error = "[model] the width \"9999\" of a hidden layer is outside 1…512";
    check_page(page, refused, what + ", refusal");
    CHECK(page.has("banner-close"));
  }
}

TEST_CASE("Touch targets are large enough on a phone, and lie on the page") {
  HeadlessPage page({390, 844, 3});
  const Snapshot snapshot = sample_snapshot(SampleState::running);
  page.frames(snapshot);
  for (const char* name : {"play", "step-batch", "back-batch", "reset", "lr-dial", "tabs:0",
                           "tabs:1", "tabs:2", "experiment"}) {
    const ui::Rect rect = page.rect(name);
    CHECK_MESSAGE(rect.width() >= 40, name);
    CHECK_MESSAGE(rect.height() >= 40, name);
    CHECK_MESSAGE(rect.x0 >= 0, name);
    CHECK_MESSAGE(rect.x1 <= 390, name);
    CHECK_MESSAGE(rect.y1 <= 844, name);
  }
}

TEST_CASE("The shape of the page follows from its size") {
  CHECK(ui::make_layout({0, 0, 1280, 800}).shape == ui::Shape::wide);
  CHECK(ui::make_layout({0, 0, 1099, 800}).shape == ui::Shape::medium);
  CHECK(ui::make_layout({0, 0, 699, 800}).shape == ui::Shape::narrow);
  CHECK(ui::make_layout({0, 0, 1280, 500}).shape == ui::Shape::narrow);
  CHECK(ui::page_zoom(1280, 800) == 1.0f);
  CHECK(ui::page_zoom(3840, 2160) == 2.0f);
}

}  // namespace downhill::test
