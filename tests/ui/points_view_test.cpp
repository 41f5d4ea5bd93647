// The stage where the model learns from points, drawn from what a real engine says: nothing collides,
// and nothing is said of images, digits or accuracy, of which there are none.
#include <doctest/doctest.h>

#include <array>
#include <string>
#include <string_view>

#include "layout_check.hpp"
#include "support/session_bench.hpp"
#include "ui/panels/stage_views.hpp"

namespace downhill::test {
namespace {

Snapshot points_snapshot(const std::string& edits,
                         std::initializer_list<const char*> commands = {}) {
  Bench bench;
  bench.tell("set?" + edits);
  REQUIRE(bench.status().error.empty());
  for (const char* command : commands) {
    bench.tell(command);
    bench.work();
  }
  SnapshotRequest request;
  request.parts = kAllSnapshotParts;
  request.probe_parameter = 1;
  return bench.session.snapshot(request);
}

const std::array<Snapshot, 6>& cases() {
  static const std::array<Snapshot, 6> all = {
      points_snapshot("data=curve"),
      points_snapshot("data=curve", {"advance?phase=gradient", "find_lr", "sharpness", "loss_line"}),
      points_snapshot("data=curve&normalize=false&lr=0.00001&batch=7", {"step?unit=batch&count=9"}),
      points_snapshot("data=line&lr=5&epochs=100", {"play"}),
      points_snapshot("data=curve&model=mlp:8&lr=0.01", {"step?unit=epoch&count=3"}),
      points_snapshot("data=curve&epochs=30", {"play"})};
  return all;
}

// Selects everything that the page shows of points, one thing after the other.
template <class Look>
void look_at_all(ui::Selection& selection, const Look& look) {
  for (const ui::StageView& view : ui::kPointViews) {
    selection = {};
    selection.stage = view.phase;
    if (view.phase) {
      selection.tabs[static_cast<size_t>(*view.phase)] =
          static_cast<uint8_t>(&view - ui::views_of(view.phase, DataKind::curve).data());
    }
    const std::string where(view.phase ? phase_name(*view.phase) : "overview");
    look(where + " " + std::string(view.tab));
    selection.probe = 1;
    look(where + ", nudged");
  }
  for (const ui::Tab tab : {ui::Tab::steps, ui::Tab::curves}) {
    selection = {};
    selection.tab = tab;
    selection.loss_log = true;
    look("another tab");
  }
  for (const ui::ToolRow& tool : ui::kTools) {
    selection = {};
    show_tool(selection, tool.name);
    look(std::string(tool.label));
  }
  selection = {};
}

bool false_of_points(std::string_view text) {
  for (const std::string_view word : {"image", "digit", "ccuracy", "nan"}) {
    if (text.find(word) != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace

TEST_CASE("No text of the points collides or is cut off, at any size") {
  int number = 0;
  for (const ScreenSize& size : kSizes) {
    HeadlessPage page(size, ++number % 2 == 0 ? gfx::Theme::dark : gfx::Theme::light);
    int which = 0;
    for (const Snapshot& snapshot : cases()) {
      const std::string what = size_words(size) + ", case " + std::to_string(which++) + ", ";
      ui::Selection& selection = page.page.selection();
      look_at_all(selection,
                  [&](const std::string& where) { check_page(page, snapshot, what + where); });
      selection.panel = ui::Panel::experiment;
      check_page(page, snapshot, what + "experiment");
    }
  }
}

TEST_CASE("Nothing is said that is false of points") {
  HeadlessPage page({1280, 800, 1});
  page.page.record_texts(true);
  for (const Snapshot& snapshot : cases()) {
    look_at_all(page.page.selection(), [&](const std::string& where) {
      page.frames(snapshot, 2);
      for (const ui::TextMark& mark : page.page.texts()) {
        CHECK_MESSAGE(!false_of_points(mark.text.view()),
                      (where + ": " + std::string(mark.text.view())));
      }
    });
  }
}

TEST_CASE("What shows images is not there for points, and asking for it is refused") {
  const Snapshot& snapshot = cases()[1];
  HeadlessPage page({1280, 800, 1});
  const Result<void> refused =
      page.page.show({.view = "predict:your-digit", .widget = {}, .hidden = {}}, DataKind::curve);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message ==
        "[show] view 'predict:your-digit' is of digits, but this experiment learns from points");
  const Result<void> other =
      page.page.show({.view = "step:every-parameter", .widget = {}, .hidden = {}});
  REQUIRE_FALSE(other);
  CHECK(other.error().message ==
        "[show] view 'step:every-parameter' is of points, but this experiment learns from digits");
  REQUIRE(page.page.show({.view = "gradient:every-parameter", .widget = {}, .hidden = {}},
                         DataKind::line));
  // What digits had chosen is not there.
  ui::Selection& selection = page.page.selection();
  selection.open(Phase::predict);
  selection.tabs[static_cast<size_t>(Phase::predict)] = 2;
  selection.inspecting = true;
  page.frames(snapshot, 2);
  for (const ui::WidgetRect& widget : page.page.widgets()) {
    const std::string_view name = widget.name.view();
    CHECK_FALSE((name.starts_with("view:") || name.starts_with("own-digit") ||
                 name == "inspect-back" || name.starts_with("batch-digits")));
  }
}

TEST_CASE("The stage of points asks for what it shows, and a parameter that is pressed is nudged") {
  const Snapshot& snapshot = cases()[1];
  HeadlessPage page({1280, 800, 1});
  page.frames(snapshot, 2);
  page.requests = {};
  page.frames(snapshot, 1);
  CHECK((page.requests.parts & (kPartFit | kPartWeights | kPartGradients)) ==
        (kPartFit | kPartWeights | kPartGradients));
  CHECK((page.requests.parts & (kPartBatch | kPartProbe | kPartBaseline)) == 0);
  page.click(snapshot, "parameter:1");
  CHECK(page.page.selection().probe == 1u);
  page.requests = {};
  page.frames(snapshot, 1);
  CHECK((page.requests.parts & kPartProbe) != 0);
}

}  // namespace downhill::test
