// The automatic tests of a run, in parts and beside the steps of the next epoch.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "support/training.hpp"

using namespace downhill;
using test::difference;
using test::Fingerprint;
using test::fingerprint;
using test::Run;

namespace {

// 750 images for a convolution: the test is long enough for the run to go on beside it.
const DigitData& long_test_digits() {
  static const DigitData data = test::ten_digit_data(12, 75, 1);
  return data;
}
ExperimentSpec long_test_spec(const std::string& edits = "") {
  return test::edited(test::edited({},
                                   "digits=0123456789&model=conv&loss=crossentropy&batch=4"
                                   "&epochs=4&seed=5&lr=0.05&optimizer=momentum"),
                      edits);
}
struct Beside : Run {
  explicit Beside(const std::string& edits = "")
      : Run(long_test_spec(edits), long_test_digits(), TestTime::beside) {}
  void beside(uint64_t count) {
    while (count > 0) count -= trainer.advance_in_parts(TestTime::beside).has_value();
  }
  void to_the_end_beside() {
    while (!trainer.finished()) trainer.advance_in_parts(TestTime::beside);
  }
  uint64_t epoch() const { return uint64_t{trainer.batches_per_epoch()} * 5; }
};

}  // namespace

TEST_SUITE("automatic test") {
  TEST_CASE("a test in parts: the phase waits for the last part, and the run is the same") {
    const ExperimentSpec spec =
        test::edited({},
                     "digits=0123456789&model=conv&loss=crossentropy&batch=40"
                     "&epochs=3&seed=5&stop=patience:1&lr=0.5");
    Run whole(spec, long_test_digits()), parts(spec, long_test_digits()),
        undone(spec, long_test_digits());
    whole.to_the_end();
    std::optional<Phase> done;
    uint32_t waits = 0;
    while (!parts.trainer.finished()) {
      const Fingerprint before = fingerprint(parts);
      done = parts.trainer.advance_in_parts();
      if (done) continue;
      ++waits;
      CHECK(parts.trainer.testing());
      CHECK(parts.trainer.phase() == Phase::step);
      CHECK(parts.trainer.next() == Phase::repeat);
      CHECK(difference(fingerprint(parts), before) == "");
      parts.trainer.probe().loss();
      std::vector<float> grads(parts.values().size());
      parts.trainer.probe().gradient(grads);
    }
    CHECK(waits > parts.trainer.epochs_done());
    CHECK(difference(fingerprint(parts), fingerprint(whole)) == "");

    // Going back gives up a test that was begun.
    undone.phases(uint64_t{5} * undone.trainer.batches_per_epoch() - 1);
    CHECK_FALSE(undone.trainer.advance_in_parts());
    undone.trainer.go_back(3);
    CHECK_FALSE(undone.trainer.testing());
    undone.to_the_end();
    CHECK(difference(fingerprint(undone), fingerprint(whole)) == "");
  }

  TEST_CASE(
      "a test beside the next epoch is of the weights of the epoch's end, and no step waits for "
      "it") {
    Run plain(long_test_spec(), long_test_digits());
    Beside beside;
    CHECK(beside.trainer.testing_beside());  // of the initial weights
    CHECK(beside.trainer.recorder().epochs().empty());
    CHECK(beside.trainer.evaluation().count == 0);
    CHECK(std::isnan(beside.trainer.tested().valid_loss));
    CHECK(std::isnan(beside.trainer.best_valid_accuracy()));
    CHECK(beside.bits() == plain.bits());
    const uint64_t last = (plain.trainer.spec().epochs - 1) * beside.epoch();
    uint32_t overlaps = 0;
    while (!beside.trainer.finished()) {
      const bool waits = beside.trainer.position() + 1 > last;  // for the test of the last epoch
      const std::optional<Phase> done = beside.trainer.advance_in_parts(TestTime::beside);
      if (!done) {
        CHECK(waits);
        continue;
      }
      plain.phases(1);
      REQUIRE(beside.bits() == plain.bits());
      CHECK(beside.trainer.epochs_done() == plain.trainer.epochs_done());
      if (!beside.trainer.testing_beside()) {
        REQUIRE(difference(fingerprint(beside), fingerprint(plain)) == "");
        continue;
      }
      ++overlaps;
      // The results known by now are those of the epoch before.
      const auto epochs = beside.trainer.recorder().epochs(),
                 all = plain.trainer.recorder().epochs();
      REQUIRE(epochs.size() + 1 == all.size());
      if (epochs.empty()) continue;
      CHECK(epochs.back().valid_loss == all[all.size() - 2].valid_loss);
      CHECK(beside.trainer.evaluation().loss == epochs.back().valid_loss);
    }
    CHECK(overlaps >= 4 * 5);  // each of four tests lasted for a batch at least
    CHECK(beside.trainer.recorder().epochs().size() == 5);
    CHECK(difference(fingerprint(beside), fingerprint(plain)) == "");
  }

  TEST_CASE("a test beside is over within a quarter of the epoch") {
    Beside beside("batch=120");  // one batch is an epoch
    REQUIRE(beside.trainer.batches_per_epoch() == 1);
    beside.beside(5);
    CHECK(beside.trainer.testing_beside());  // of the first epoch
    CHECK(beside.trainer.recorder().epochs().size() == 1);
    beside.beside(4);
    CHECK_FALSE(beside.trainer.testing());
    CHECK(beside.trainer.recorder().epochs().size() == 2);
    Beside thirty;
    REQUIRE(thirty.trainer.batches_per_epoch() == 30);
    thirty.beside(thirty.epoch() + 1);
    CHECK(thirty.trainer.testing_beside());
    thirty.beside(7 * 5);
    CHECK_FALSE(thirty.trainer.testing());
    CHECK(thirty.trainer.recorder().epochs().size() == 2);
  }

  TEST_CASE("going back while a test is under way finishes it, or undoes it with its epoch") {
    Run plain(long_test_spec(), long_test_digits());
    plain.to_the_end();
    for (const uint64_t to :
         {uint64_t{0}, uint64_t{7}, Beside().epoch() - 1, Beside().epoch(), Beside().epoch() + 4}) {
      CAPTURE(to);
      Beside back;
      back.beside(back.epoch() + 6);
      REQUIRE(back.trainer.testing_beside());
      back.trainer.go_back(to);
      CHECK_FALSE(back.trainer.testing());
      Run there(long_test_spec(), long_test_digits());
      there.phases(back.epoch() + 6);
      there.trainer.go_back(to);
      CHECK(difference(fingerprint(back), fingerprint(there)) == "");
      back.to_the_end_beside();
      CHECK(difference(fingerprint(back), fingerprint(plain)) == "");
    }
  }

  TEST_CASE("a record holds all tests, and a rule that is set meanwhile waits for them") {
    Beside beside;
    beside.beside(beside.epoch() + 6);
    REQUIRE(beside.trainer.testing_beside());
    Run plain(long_test_spec(), long_test_digits());
    plain.phases(beside.epoch() + 6);
    const RunRecord record = beside.trainer.record();
    CHECK(record.history.epochs.size() == 2);
    CHECK(record.history.epochs[1].valid_loss == plain.trainer.recorder().epochs()[1].valid_loss);
    CHECK_FALSE(beside.trainer.testing());

    for (const std::string rule : {"stop=target:0.01", "stop=patience:1&lr=100", "epochs=1"}) {
      CAPTURE(rule);
      Beside ruled;
      Run waited(long_test_spec(), long_test_digits());
      ruled.beside(ruled.epoch() + 6);
      waited.phases(ruled.epoch() + 6);
      REQUIRE(ruled.trainer.testing_beside());
      ruled.set(rule);
      waited.set(rule);
      ruled.to_the_end_beside();
      waited.to_the_end();
      CHECK(difference(fingerprint(ruled), fingerprint(waited)) == "");
      CHECK(ruled.trainer.stop_reason() == waited.trainer.stop_reason());
    }
  }

  TEST_CASE("tools that move weights do not touch a test that is under way") {
    Run plain(long_test_spec(), long_test_digits());
    Beside beside;
    beside.beside(beside.epoch() + 6);
    plain.phases(beside.epoch() + 6);
    REQUIRE(beside.trainer.testing_beside());
    const uint64_t before = beside.bits();
    std::ranges::fill(beside.trainer.model().slabs().values(), 0.5f);  // as a finder does
    while (!beside.trainer.test_part()) continue;
    for (const float value : beside.values()) REQUIRE(value == 0.5f);
    CHECK(beside.trainer.recorder().epochs().back().valid_loss ==
          plain.trainer.recorder().epochs().back().valid_loss);
    CHECK(before != beside.bits());
  }
}
