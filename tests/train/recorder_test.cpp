#include "train/recorder.hpp"

#include <doctest/doctest.h>

using namespace downhill;

namespace {
Recorder ten_steps() {
  Recorder r;
  r.begin(10, 2, 0.1f, {}, 0);
  r.record_epoch({0, 0, 0.0f, 0.7f, 0.5f});
  for (uint32_t i = 1; i <= 10; ++i) {
    if (i == 4) r.record_lr(4, 1.0f);
    r.record_step({i, 1.0f / static_cast<float>(i), 2.0f, r.lr_at(i), 0.9f});
    if (i % 5 == 0) r.record_epoch({i / 5, i, 0.3f, 0.2f, 0.9f});
  }
  return r;
}
}  // namespace

TEST_SUITE("recorder") {
  TEST_CASE("the rate of each step is the one that was set before it") {
    const Recorder r = ten_steps();
    CHECK(r.lr_at(3) == 0.1f);
    CHECK(r.lr_at(4) == 1.0f);
    CHECK(r.lr_at(11) == 1.0f);
    REQUIRE(r.marks().size() == 1);
    CHECK(r.marks()[0].from == 0.1f);
  }

  TEST_CASE("changes between the same two steps are one mark, and none when taken back") {
    Recorder r = ten_steps();
    r.record_lr(11, 2.0f);
    r.record_lr(11, 3.0f);
    REQUIRE(r.marks().size() == 2);
    CHECK(r.marks()[1].from == 1.0f);
    CHECK(r.marks()[1].to == 3.0f);
    r.record_lr(11, 1.0f);
    CHECK(r.marks().size() == 1);
    CHECK(r.lr_at(11) == 1.0f);
  }

  TEST_CASE("a rate chosen before the first step is the one the run begins with, and no mark") {
    Recorder r;
    r.begin(10, 2, 0.1f, {}, 0);
    r.record_lr(1, 1.0f);
    CHECK(r.marks().empty());
    CHECK(r.lr_at(1) == 1.0f);
    CHECK(r.history().first_lr == 1.0f);
  }

  TEST_CASE("rewinding drops what came later, and changes the generation") {
    Recorder r = ten_steps();
    const uint32_t generation = r.generation();
    r.rewind(5, 5, 5);
    CHECK(r.generation() != generation);
    CHECK(r.steps().size() == 5);
    CHECK(r.epochs().size() == 2);
    CHECK(r.epochs().back().step == 5);
    CHECK(r.marks().size() == 1);
    r.rewind(3, 3, 3);
    CHECK(r.marks().empty());
    CHECK(r.lr_at(4) == 0.1f);
    r.rewind(0, 0, 0);
    CHECK(r.steps().empty());
    CHECK(r.epochs().size() == 1);
  }

  TEST_CASE("rewinding to between the last step of an epoch and its end drops the test") {
    Recorder r = ten_steps();
    r.rewind(10, 10, 9);
    CHECK(r.steps().size() == 10);
    CHECK(r.epochs().size() == 2);
  }

  TEST_CASE("recording a point keeps the generation") {
    Recorder r = ten_steps();
    const uint32_t generation = r.generation();
    r.record_step({11, 0.1f, 0.1f, 1.0f, 0.9f});
    CHECK(r.generation() == generation);
  }

  TEST_CASE("a live setting applies from its step on; setting it again is no change") {
    Recorder r;
    r.begin(10, 2, 0.1f, {.weight_decay = 0.5f}, 0);
    r.record_live(3, {.weight_decay = 0.25f});
    r.record_live(5, {.weight_decay = 0.25f});
    r.record_live(7, {.weight_decay = 0.25f, .clip = 1});
    r.record_live(7, {.clip = 2});
    CHECK(r.live_at(1).weight_decay == 0.5f);
    CHECK(r.live_at(2).weight_decay == 0.5f);
    CHECK(r.live_at(3).weight_decay == 0.25f);
    CHECK(r.live_at(6) == LiveSettings{.weight_decay = 0.25f});
    CHECK(r.live_at(7) == LiveSettings{.clip = 2});
    CHECK(r.live_at(99) == LiveSettings{.clip = 2});
    r.rewind(6, 6, 6);
    CHECK(r.live_at(99) == LiveSettings{.weight_decay = 0.25f});
    r.rewind(2, 2, 2);
    CHECK(r.live_at(99).weight_decay == 0.5f);
    // Before the first step there is nothing to drop.
    r.record_live(1, {.clip = 3});
    r.rewind(0, 0, 0);
    CHECK(r.live_at(1).clip == 3);
  }

  TEST_CASE("freezing is rewound with the prediction of its batch") {
    Recorder r;
    r.begin(10, 2, 0.1f, {}, 1);
    r.record_frozen(3, 2);
    r.record_frozen(4, 2);
    r.record_frozen(5, 0);
    CHECK(r.frozen_at(1) == 1);
    CHECK(r.frozen_at(2) == 1);
    CHECK(r.frozen_at(3) == 2);
    CHECK(r.frozen_at(4) == 2);
    CHECK(r.frozen_at(5) == 0);
    r.rewind(3, 2, 2);  // in the middle of the third batch
    CHECK(r.frozen_at(3) == 2);
    CHECK(r.frozen_at(9) == 2);
    r.rewind(2, 2, 2);
    CHECK(r.frozen_at(9) == 1);
    r.rewind(0, 0, 0);
    CHECK(r.frozen_at(1) == 1);
  }
}
