// What lessons and scripts may ask the page to show: views by name, a widget scrolled into view,
// parts hidden so that others get their place.
#include "ui/panels/show.hpp"

#include <doctest/doctest.h>

#include "layout_check.hpp"
#include "support/sample_snapshot_conv.hpp"

namespace downhill::test {
namespace {

constexpr ScreenSize kDesk = {1280, 800, 1}, kMedium = {900, 800, 1}, kTablet = {820, 650, 2},
                     kPhone = {390, 464, 3};

constexpr uint8_t bit(PagePart part) {
  return static_cast<uint8_t>(1u << static_cast<unsigned>(part));
}
constexpr uint8_t kAll =
    bit(PagePart::experiment) | bit(PagePart::steps) | bit(PagePart::dial) | bit(PagePart::curves);

}  // namespace

TEST_CASE("Every view, tool and form has a name, by which it is shown") {
  ui::Selection selection;
  REQUIRE(ui::show_view(selection, "gradient"));
  CHECK(selection.stage == Phase::gradient);
  CHECK(selection.tabs[static_cast<size_t>(Phase::gradient)] == 0);
  REQUIRE(ui::show_view(selection, "gradient:the-valley"));
  CHECK(selection.tabs[static_cast<size_t>(Phase::gradient)] == 1);
  REQUIRE(ui::show_view(selection, "race"));
  CHECK(selection.panel == ui::Panel::tool);
  CHECK(selection.tool == ui::tool_named("race"));
  REQUIRE(ui::show_view(selection, "experiment"));
  CHECK(selection.panel == ui::Panel::experiment);
  REQUIRE(ui::show_view(selection, "overview"));
  CHECK(selection.panel == ui::Panel::steps);
  CHECK_FALSE(selection.stage.has_value());
  for (const ui::StageView& view : ui::kStageViews) {
    if (!view.phase || view.tab.empty()) continue;
    const std::string name = std::string(phase_name(*view.phase)) + ":" + ui::view_word(view.tab);
    CHECK_MESSAGE(ui::show_view(selection, name), name);
    CHECK(selection.stage == view.phase);
  }
}

TEST_CASE("An unknown view is refused with all names, and nothing changes") {
  ui::Selection selection;
  REQUIRE(ui::show_view(selection, "loss"));
  const Result<void> refused = ui::show_view(selection, "loos");
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message.starts_with("[show] view 'loos' is none of overview, initialize,"));
  CHECK(selection.stage == Phase::loss);
}

TEST_CASE("A widget is found behind a tab and scrolled into view") {
  const Snapshot snapshot = sample_snapshot_conv(SampleState::finished);
  for (const ScreenSize& size : {kDesk, kTablet, kPhone}) {
    HeadlessPage page(size);
    page.frames(snapshot);
    for (const char* name : {"loss-curve-scale", "step:stop", "gradients", "do:gradient"}) {
      REQUIRE(page.page.show({.view = "gradient:every-weight", .widget = name, .hidden = {}}));
      page.frames(snapshot, 20);
      CHECK_FALSE(page.page.revealing());
      const ui::Rect place = page.rect(name);
      REQUIRE_MESSAGE(!place.empty(), name, " at ", size_words(size));
      // Below the header and above the foot of the page, at least where it begins.
      CHECK_MESSAGE(place.y0 >= 40.0f, name, " at ", size_words(size));
      CHECK_MESSAGE(std::min(place.y1, place.y0 + 60) <= size.height, name, " at ",
                    size_words(size));
    }
  }
}

TEST_CASE("A widget that is nowhere leaves the page as it was") {
  const Snapshot snapshot = sample_snapshot(SampleState::running);
  HeadlessPage page(kPhone);
  page.frames(snapshot);
  page.page.selection().panel = ui::Panel::experiment;
  REQUIRE(page.page.show({.view = {}, .widget = "no-such-widget", .hidden = {}}));
  page.frames(snapshot, 30);
  CHECK_FALSE(page.page.revealing());
  CHECK(page.page.selection().panel == ui::Panel::experiment);
  CHECK(page.page.selection().tab == ui::Tab::stage);
}

TEST_CASE("A view that is shown while a widget is still looked for stays open") {
  const Snapshot snapshot = sample_snapshot(SampleState::running);
  for (const ScreenSize& size : {kDesk, kPhone}) {
    for (const int between : {0, 1, 2, 3, 5}) {
      HeadlessPage page(size);
      REQUIRE(page.page.show({.view = "initialize:without-learning", .widget = {}, .hidden = {}}));
      page.frames(snapshot);
      REQUIRE(page.page.show({.view = {}, .widget = "mean-digits", .hidden = {}}));
      page.frames(snapshot, between);
      REQUIRE(page.page.show({.view = "initialize", .widget = {}, .hidden = {}}));
      page.frames(snapshot, 30);
      CHECK_MESSAGE(page.has("weights"), between, " frames later, at ", size_words(size));
    }
  }
}

TEST_CASE("A press of the reader ends the search for a widget, and what it opened stays open") {
  const Snapshot snapshot = sample_snapshot(SampleState::running);
  HeadlessPage page(kPhone);
  page.frames(snapshot);
  REQUIRE(page.page.show({.view = {}, .widget = "no-such-widget", .hidden = {}}));
  page.click(snapshot, "tabs:2");
  page.frames(snapshot, 30);
  CHECK(page.page.selection().tab == ui::Tab::curves);
}

TEST_CASE("A widget is found although what its view shows comes some frames later") {
  Snapshot early = sample_snapshot(SampleState::running);
  early.parameters.values.clear();
  HeadlessPage page(kPhone);
  REQUIRE(page.page.show({.view = "initialize", .widget = {}, .hidden = {}}));
  page.page.selection().tab = ui::Tab::curves;
  page.frames(early);
  REQUIRE(page.page.show({.view = {}, .widget = "weights", .hidden = {}}));
  page.frames(early, 6);
  page.frames(sample_snapshot(SampleState::running), 30);
  CHECK(page.has("weights"));
  CHECK(page.page.selection().tab == ui::Tab::stage);
}

TEST_CASE("Hidden parts are gone, their neighbours get the place, and no text overlaps or is cut") {
  const Snapshot snapshot = sample_snapshot(SampleState::running);
  for (const ScreenSize& size : {kDesk, kMedium, kTablet, kPhone}) {
    HeadlessPage page(size);
    page.page.record_texts(true);
    page.frames(snapshot);
    REQUIRE(page.page.show({.view = "loss", .widget = {}, .hidden = kAll}));
    page.frames(snapshot, 4);
    CHECK_MESSAGE(page.has("play"), size_words(size));
    for (const char* gone : {"lr-dial", "experiment", "model", "find-lr"})
      CHECK_MESSAGE(!page.has(gone), gone, " at ", size_words(size));
    CHECK_MESSAGE(first_collision(page.page.texts()) == "", size_words(size));
    CHECK_MESSAGE(first_cut(page.page.texts(), {0, 0, size.width, size.height}) == "",
                  size_words(size));
    REQUIRE(page.page.show({.view = {}, .widget = {}, .hidden = uint8_t{0}}));
    page.frames(snapshot, 4);
    CHECK_MESSAGE(page.has("lr-dial"), size_words(size));
    CHECK_MESSAGE(page.has("experiment"), size_words(size));
  }
}

TEST_CASE("On a narrow page a hidden part has no tab, and the stage alone needs none") {
  const Snapshot snapshot = sample_snapshot(SampleState::running);
  for (const bool course : {false, true}) {
    HeadlessPage page(kPhone);
    page.surroundings.course = course;
    page.frames(snapshot);
    const float below_tabs = page.rect("batch-digits").y0;
    page.page.selection().tab = ui::Tab::curves;
    page.frames(snapshot);
    CHECK(page.has("tabs:2"));
    REQUIRE(page.page.show({.view = "overview", .widget = {}, .hidden = bit(PagePart::curves)}));
    page.frames(snapshot, 3);
    CHECK(page.page.selection().tab == ui::Tab::stage);
    CHECK(page.has("tabs:1"));
    CHECK_FALSE(page.has("tabs:2"));
    page.click(snapshot, "tabs:0");
    CHECK(page.page.selection().tab == ui::Tab::steps);
    REQUIRE(page.page.show({.view = "overview", .widget = {}, .hidden = kAll}));
    page.frames(snapshot, 3);
    CHECK(page.page.selection().tab == ui::Tab::stage);
    CHECK_FALSE(page.has("tabs:0"));
    CHECK(page.has("learn") == course);
    CHECK((page.rect("batch-digits").y0 < below_tabs - 30) == !course);
  }
}

TEST_CASE("On a narrow page no warning lies over the form that may mend what it tells") {
  const Snapshot snapshot = sample_snapshot(SampleState::diverged);
  HeadlessPage page(kPhone);
  page.frames(snapshot, 3);
  CHECK(page.has("recover"));
  page.page.selection().panel = ui::Panel::experiment;
  page.frames(snapshot, 3);
  CHECK_FALSE(page.has("recover"));
  page.page.selection().panel = ui::Panel::steps;
  page.frames(snapshot, 3);
  CHECK(page.has("recover"));
}

TEST_CASE("Each part can be hidden alone, and the stage takes what both right parts leave") {
  const auto layout = [](uint8_t hidden) { return ui::make_layout({0, 0, 1280, 800}, hidden); };
  const ui::Layout whole = layout(0);
  CHECK(layout(bit(PagePart::dial)).curves.y0 == whole.dial.y0);
  CHECK(layout(bit(PagePart::curves)).dial == whole.dial);
  CHECK(layout(bit(PagePart::curves) | bit(PagePart::dial)).stage.x1 == whole.curves.x1);
  CHECK(layout(bit(PagePart::steps)).rail.empty());
  const ui::Layout phone = ui::make_layout({0, 0, 390, 464}, bit(PagePart::dial));
  CHECK(phone.stage.y1 > ui::make_layout({0, 0, 390, 464}).stage.y1 + 50);
}

TEST_CASE("Learn and its key ask for the course, where there is one that is not open") {
  const Snapshot snapshot = sample_snapshot(SampleState::fresh);
  for (const ScreenSize& size : {kDesk, kMedium, kTablet, kPhone}) {
    HeadlessPage page(size);
    page.frames(snapshot);
    page.click(snapshot, "learn");
    CHECK_MESSAGE(page.requests.open_course, size_words(size));
    page.requests.clear();
    page.key(snapshot, ImGuiKey_L);
    CHECK(page.requests.open_course);
    page.requests.clear();
    page.surroundings.course = false;
    page.frames(snapshot);
    CHECK_FALSE(page.has("learn"));
    page.key(snapshot, ImGuiKey_L);
    CHECK_FALSE(page.requests.open_course);
  }
}

}  // namespace downhill::test
