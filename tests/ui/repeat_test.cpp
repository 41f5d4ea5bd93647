// The loop of phase 6, Repeat: its counters and times are those of the run.
#include <doctest/doctest.h>

#include <algorithm>
#include <string_view>

#include "headless.hpp"
#include "support/sample_snapshot.hpp"

namespace downhill::test {
namespace {

struct RepeatPage {
  explicit RepeatPage(ScreenSize size) : page(size) {
    page.page.selection().stage = Phase::repeat;
    page.page.selection().tab = ui::Tab::stage;
    page.page.record_texts(true);
  }
  bool says(const Snapshot& snapshot, std::string_view words) {
    page.frames(snapshot, 3);
    return std::ranges::any_of(page.page.texts(),
                               [&](const ui::TextMark& mark) { return mark.text.view() == words; });
  }
  HeadlessPage page;
};

}  // namespace

TEST_CASE("Repeat shows the loop with how often each line was carried out, and how long it takes") {
  for (const ScreenSize& size : {ScreenSize{1280, 800, 1}, ScreenSize{390, 844, 2}}) {
    RepeatPage repeat(size);
    Snapshot snapshot = sample_snapshot(SampleState::running);
    Status& s = snapshot.status;
    s.epoch = s.tested_epoch = 12;
    s.batch = 16;
    s.step = 12 * 49 + 16;
    s.phase = Phase::gradient;  // of the seventeenth batch
    s.next = Phase::step;
    s.training_seconds = 3.02;
    CHECK(repeat.says(snapshot, "13 of 40"));
    CHECK(repeat.says(snapshot, "17 of 49"));
    CHECK(repeat.says(snapshot, "12,396 images"));
    CHECK(repeat.says(snapshot, "256 images"));
    CHECK(repeat.says(snapshot, "97.11 % after epoch 12"));
    CHECK(repeat.says(snapshot, "604"));      // steps
    CHECK(repeat.says(snapshot, "152,848"));  // images: 12 · 12396 + 16 · 256
    CHECK(repeat.says(snapshot, "5.00 ms"));  // 3.02 s / 604
    CHECK(repeat.says(snapshot, "245 ms"));   // · 49
    CHECK(repeat.says(snapshot, "6.8 s"));    // · (40 · 49 - 604)
    s.phase = Phase::repeat;                  // it is done
    s.next = Phase::predict;
    s.batch = 17;
    CHECK(repeat.says(snapshot, "17 of 49"));
  }
}

TEST_CASE("A run that has not begun knows no times") {
  RepeatPage repeat({1280, 800, 1});
  const Snapshot fresh = sample_snapshot(SampleState::fresh);
  CHECK(repeat.says(fresh, "1 of 40"));
  CHECK(repeat.says(fresh, "0 of 49"));
  CHECK(repeat.says(fresh, "97.11 % before training"));
  CHECK(repeat.says(fresh, "–"));
}

}  // namespace downhill::test
