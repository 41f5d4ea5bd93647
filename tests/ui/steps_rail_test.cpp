#include <doctest/doctest.h>

#include <algorithm>

#include "headless.hpp"
#include "support/sample_snapshot_conv.hpp"
#include "ui/panels/step_texts.hpp"

namespace downhill::test {

TEST_CASE("A number of the rail says when it is still that of the batch before") {
  Status status;
  status.step = 3;
  const auto old = [&](Phase phase) { return ui::is_of_last_batch(phase, status); };
  status.phase = Phase::predict;
  CHECK_FALSE(old(Phase::predict));
  CHECK(old(Phase::loss));
  CHECK(old(Phase::gradient));
  CHECK(old(Phase::step));
  CHECK_FALSE(old(Phase::repeat));
  status.phase = Phase::gradient;
  CHECK_FALSE(old(Phase::gradient));
  CHECK(old(Phase::step));
  for (const Phase phase : {Phase::step, Phase::repeat, Phase::stop}) {
    status.phase = phase;
    CHECK_FALSE(old(Phase::loss));
    CHECK_FALSE(old(Phase::step));
  }
  status.phase = Phase::predict;
  status.step = 0;  // there was none before
  CHECK_FALSE(old(Phase::loss));

  HeadlessPage page({1280, 800, 1});
  Snapshot snapshot = sample_snapshot_conv(SampleState::running);
  snapshot.status.running = false;
  snapshot.status.phase = Phase::predict;
  const auto explains = [&](std::string_view widget) {
    page.frames(snapshot, 2);
    const ui::Rect place = page.rect(widget);
    page.move(place.x1 - 12, place.y0 + 15);
    page.frames(snapshot, 60);
    return page.page.tooltip_text();
  };
  CHECK(explains("step:loss").starts_with("Of the batch before this one. "));
  CHECK_FALSE(explains("step:predict").starts_with("Of the batch before this one. "));
}

}  // namespace downhill::test
