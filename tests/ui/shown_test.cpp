#include "ui/shown.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "headless.hpp"
#include "support/sample_snapshot_conv.hpp"

namespace downhill::ui {

TEST_CASE("At full speed numbers and digits are held for a moment, weights are not") {
  Snapshot live = test::sample_snapshot(test::SampleState::running);
  Shown shown;
  CHECK(shown.update(live, 1, 0.00).status.step == live.status.step);
  const uint64_t first = live.status.step;
  live.status.step += 1;
  live.batch.scores[0] = 0.25f;
  live.parameters.values[0] = 7;
  const Snapshot& soon = shown.update(live, 2, 0.05);
  CHECK(soon.status.step == first);
  CHECK(soon.batch.scores[0] != 0.25f);
  CHECK(soon.parameters.values[0] == 7);
  CHECK(shown.calm_id() == 1);
  CHECK(shown.live_id() == 2);
  const Snapshot& later = shown.update(live, 3, 0.25);
  CHECK(later.status.step == first + 1);
  CHECK(later.batch.scores[0] == 0.25f);
  CHECK(shown.calm_id() == 3);
}

// At full speed the transport once was epochs ahead of the rail, and the legends of the curves of both.
TEST_CASE("At full speed all numbers of the page are of one moment") {
  test::HeadlessPage page({1280, 800, 1});
  Snapshot live = test::sample_snapshot(test::SampleState::running);
  live.status.speed = 0;
  page.frames(live, 1);
  page.page.record_texts(true);
  page.frames(live, 1);
  const auto words = [&] {
    std::vector<std::string> all;
    for (const TextMark& mark : page.page.texts()) all.emplace_back(mark.text.view());
    return all;
  };
  const std::vector<std::string> before = words();
  const CurvePoint last = live.curves.steps.back();
  live.curves.steps.push_back({last.step + 1, last.loss * 3, last.gradient_norm * 3, last.lr, 0});
  live.status.step += 1;
  live.status.epoch += 5;
  live.status.train_loss *= 3;
  page.frames(live, 1);
  CHECK(words() == before);
}

// `findings` was once left out: the mark of 2/λ vanished from the dial at full speed.
TEST_CASE("No part of a snapshot is lost while it is held") {
  const Snapshot live = test::sample_snapshot_conv(test::SampleState::running);
  Shown shown;
  const Snapshot& held = shown.update(live, 1, 0.00);
  REQUIRE(&held != &live);
  CHECK(held.status.step == live.status.step);
  CHECK(held.spec == live.spec);
  CHECK(held.parts == live.parts);
  for_each_part([&](const auto& part) {
    if (part.bits == kPartCurves) return;
    CHECK_MESSAGE(part.look(part.place(held)) == part.look(part.place(live)), part.name);
  });
  // Of the steps only the last one.
  CHECK(held.curves.epochs.size() == live.curves.epochs.size());
  CHECK(held.curves.marks.size() == live.curves.marks.size());
  REQUIRE(held.curves.steps.size() == 1);
  CHECK(held.curves.steps[0].step == live.curves.steps.back().step);
}

TEST_CASE("What is held is not asked for until it is due, and then all of it at one moment") {
  Snapshot live = test::sample_snapshot(test::SampleState::running);
  Shown shown;
  CHECK(shown.deferrable_parts(0.00) == 0);
  shown.update(live, 1, 0.00);
  CHECK(shown.deferrable_parts(0.05) ==
        (kAllSnapshotParts & ~kLiveParts));
  CHECK(shown.deferrable_parts(0.21) == 0);
  const uint64_t first = live.status.step;
  live.status.step += 1;
  live.reused = kPartBatch;  // from earlier: it does not belong to this status
  CHECK(shown.update(live, 2, 0.25).status.step == first);
  live.reused = kPartProbe;  // made only now and then, and right beside any status
  CHECK(shown.update(live, 3, 0.26).status.step == first + 1);
}

TEST_CASE("At rest and in slow motion everything is shown at once") {
  Snapshot live = test::sample_snapshot(test::SampleState::running);
  Shown shown;
  live.status.speed = 1;
  live.status.step = 11;
  CHECK(&shown.update(live, 1, 0.00) == &live);
  live.status.running = false;
  live.status.speed = 0;
  CHECK(&shown.update(live, 2, 0.01) == &live);
  CHECK(shown.calm_id() == 2);
}

}  // namespace downhill::ui
