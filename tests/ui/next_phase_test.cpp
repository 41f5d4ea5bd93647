// The button of the next step on a stage that has no steps beside it.
#include <doctest/doctest.h>

#include "headless.hpp"
#include "support/sample_snapshot.hpp"

namespace downhill::test {

TEST_CASE("On a narrow page the stage leads through the steps one by one") {
  Snapshot snapshot = sample_snapshot(SampleState::fresh);
  snapshot.status.next = Phase::predict;
  HeadlessPage page({360, 640, 2});
  page.frames(snapshot);
  for (int i = 1; i + 1 < kPhaseCount; ++i) {
    const auto phase = static_cast<Phase>(i);
    snapshot.status.next = phase;
    page.frames(snapshot);
    page.requests.clear();
    page.click(snapshot, "next-phase");
    REQUIRE(page.asked(CommandKind::step) == 1);
    CHECK(page.requests.commands.front().unit == StepUnit::phase);
    CHECK(page.page.selection().stage == phase);
    CHECK(page.page.selection().tab == ui::Tab::stage);
    page.frames(snapshot);
    CHECK(page.has("overview"));
  }
  snapshot.status.running = true;
  page.frames(snapshot);
  page.requests.clear();
  page.click(snapshot, "next-phase");
  CHECK(page.asked(CommandKind::step) == 0);
}

TEST_CASE("On a wide page the steps are beside the stage, which does not repeat their button") {
  HeadlessPage page({1280, 800, 1});
  page.frames(sample_snapshot(SampleState::fresh));
  CHECK(page.has("do:predict"));
  CHECK_FALSE(page.has("next-phase"));
}

}  // namespace downhill::test
