// What a frame costs, without a clock: our own allocations, and work that does not grow with the
// history.
#include <doctest/doctest.h>

#include <optional>
#include <string>

#include "headless.hpp"
#include "support/advice.hpp"
#include "support/alloc_guard.hpp"
#include "support/sample_race.hpp"
#include "support/sample_snapshot_conv.hpp"

namespace downhill::test {
namespace {

const std::string kAdvice =
    allocation_advice(kUiTests, "-tc=*allocate*") +
    "\nFormat text with a Label of src/ui/label.hpp, and keep vectors from frame to frame.";

}  // namespace

TEST_CASE("Once a view has settled, drawing it allocates nothing") {
  HeadlessPage page({1280, 800, 1});
  const Snapshot snapshot = sample_snapshot(SampleState::finished);
  for (int stage = -1; stage < kPhaseCount; ++stage) {
    page.page.selection().stage =
        stage < 0 ? std::nullopt : std::optional(static_cast<Phase>(stage));
    page.frames(snapshot, 90);  // until animations have settled
    const AllocGuard guard;
    page.draw_only(snapshot, 10);
    CHECK_MESSAGE(guard.count() == 0, "stage ", stage, ". ", kAdvice);
  }
}

TEST_CASE("The experiment and the tools allocate nothing once they have settled") {
  HeadlessPage page({1280, 800, 1});
  const RaceView race = sample_race(RaceSample::diverged);
  page.surroundings.race = &race;
  const Snapshot snapshot = sample_snapshot_conv(SampleState::finished);
  const auto check = [&](std::string_view what) {
    page.frames(snapshot, 90);
    const AllocGuard guard;
    page.draw_only(snapshot, 10);
    CHECK_MESSAGE(guard.count() == 0, what, ". ", kAdvice);
  };
  page.page.selection().panel = ui::Panel::experiment;
  check("the experiment");
  for (const ui::ToolRow& tool : ui::kTools) {
    show_tool(page.page.selection(), tool.name);
    check(tool.label);
  }
}

TEST_CASE("Layers, the validation and an inspected image allocate nothing either") {
  HeadlessPage page({1280, 800, 1});
  const Snapshot snapshot = sample_snapshot_conv(SampleState::finished);
  page.frames(snapshot);
  ui::Selection& selection = page.page.selection();
  for (int view = 0; view < 8; ++view) {
    selection = {};
    selection.layer = view % 3;
    selection.image = ui::ChosenImage{};
    selection.inspecting = view == 1;
    selection.by_layers = view == 2;
    selection.own_gradient = view == 3;
    selection.tabs[static_cast<size_t>(Phase::stop)] = view == 6 ? 2 : 1;
    if (view == 7) selection.cell = ui::Cell{7, 3};
    if (view > 0) selection.stage = view < 5 ? Phase::gradient : Phase::stop;
    page.frames(snapshot, 90);
    const AllocGuard guard;
    page.draw_only(snapshot, 10);
    CHECK_MESSAGE(guard.count() == 0, "view ", view, ". ", kAdvice);
  }
}

TEST_CASE("A long history draws no more points than a short one") {
  Snapshot snapshot = sample_snapshot(SampleState::running);
  HeadlessPage page({1280, 800, 1});
  page.frames(snapshot, 60);
  const int before = ImGui::GetDrawData()->TotalVtxCount;
  const uint32_t last = snapshot.curves.steps.back().step;
  for (uint32_t i = 1; i <= 200000; ++i) {
    snapshot.curves.steps.push_back({last + i, i % 1000 == 0 ? 0.4f : 0.1f, 0.2f, 0.1f, 0.9f});
  }
  snapshot.status.epoch_limit = 5000;
  page.frames(snapshot, 60);
  const int after = ImGui::GetDrawData()->TotalVtxCount;
  const int more = after - before;
  CHECK_MESSAGE(
      more < 12000, more,
      " vertices more for 200,000 steps more: draw one line for each pixel column, not one "
      "for each step");
}

}  // namespace downhill::test
