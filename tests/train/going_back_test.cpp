// Going back in a run and forward again, for every optimizer, schedule and kind of model.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "support/small_run.hpp"

using namespace downhill;
using test::difference;
using test::Fingerprint;
using test::fingerprint;
using test::kKindsOfRuns;
using test::Run;
using test::TwoDigitRun;

namespace {

// A change of a run under way, with the position at which it is made.
struct Change {
  uint64_t position;
  const char* edits;
};

// Advances by `count` phases and makes the changes on the way. Returns what is seen at each
// position from the current one on, before the changes of that position.
std::vector<Fingerprint> watched(Run& run, uint64_t count,
                                 const std::vector<Change>& changes = {}) {
  std::vector<Fingerprint> seen;
  for (uint64_t i = 0; i <= count; ++i) {
    seen.push_back(fingerprint(run));
    for (const Change& change : changes) {
      if (change.position == run.trainer.position()) run.set(change.edits);
    }
    if (i < count) run.trainer.advance();
  }
  return seen;
}

}  // namespace

TEST_SUITE("going back") {
  TEST_CASE("going back to any place gives the state that was there, and forward again the same") {
    for (const std::string edits : kKindsOfRuns) {
      CAPTURE(edits);
      Run there(edits), back(edits);
      const uint64_t epoch = uint64_t{there.trainer.batches_per_epoch()} * 5;
      const uint64_t total = 2 * epoch + 8;
      const std::vector<Fingerprint> seen = watched(there, total);
      back.phases(total);
      REQUIRE(difference(fingerprint(back), seen[static_cast<size_t>(total)]) == "");
      for (const uint64_t target : {total - 1, total - 4, 2 * epoch + 1, 2 * epoch, 2 * epoch - 1,
                                    epoch + 9, epoch + 5, epoch, uint64_t{7}, uint64_t{5}}) {
        back.trainer.go_back(target);
        CHECK(difference(fingerprint(back), seen[static_cast<size_t>(target)]) == "");
      }
      back.trainer.go_back(0);
      CHECK(back.bits() == seen[0].prints[0].second);
      back.phases(total);
      CHECK(difference(fingerprint(back), seen[static_cast<size_t>(total)]) == "");
    }
  }

  TEST_CASE("with two digits: in file order, one batch an epoch, a linear model") {
    for (const std::string edits :
         {"", "shuffle=false", "model=linear&loss=mse&lr=0.01", "batch=240"}) {
      CAPTURE(edits);
      TwoDigitRun there(edits), back(edits);
      const uint64_t total = std::min(23u, 3 * there.trainer.batches_per_epoch() - 1) * 5 + 3;
      const std::vector<Fingerprint> seen = watched(there, total);
      back.phases(total);
      for (uint64_t target = total; target-- > 1;) {
        if (target % 7 != 0 && target % 5 != 0) continue;
        back.trainer.go_back(target);
        CHECK(difference(fingerprint(back), seen[static_cast<size_t>(target)]) == "");
      }
      back.phases(5);
      back.trainer.go_back(0);
      CHECK(back.trainer.phase() == Phase::initialize);
      back.phases(total);
      CHECK(difference(fingerprint(back), seen[static_cast<size_t>(total)]) == "");
    }
  }

  TEST_CASE("a replay uses what was set then: rates, decay, clipping, frozen layers, schedule") {
    const std::vector<Change> changes = {{4, "lr=0.02"},
                                         {8, "clip=0.05&wd=0.1"},
                                         {12, "freeze=1"},
                                         {18, "momentum=0.5&schedule=cosine"},
                                         {23, "freeze=0&clip=0.2"},
                                         {26, "freeze=2"},
                                         {29, "wd=0&lr=0.3"},
                                         {32, "freeze=0"}};
    for (const std::string edits : {kKindsOfRuns[0], kKindsOfRuns[2], kKindsOfRuns[4],
                                    kKindsOfRuns[5], "optimizer=adam&lr=0.01&model=mlp:8,8"}) {
      CAPTURE(edits);
      Run there(edits), back(edits);
      const uint64_t total = 43;
      const std::vector<Fingerprint> seen = watched(there, total, changes);
      watched(back, total, changes);
      REQUIRE(difference(fingerprint(back), seen[total]) == "");
      for (uint64_t target = total; target-- > 5;) {
        CAPTURE(target);
        back.trainer.go_back(target);
        CHECK(difference(fingerprint(back), seen[static_cast<size_t>(target)]) == "");
        // A rate that no step has used yet is taken back.
        const auto steps = static_cast<uint32_t>(back.trainer.steps_done());
        CHECK(back.trainer.spec().lr == there.trainer.recorder().lr_at(steps));
      }
    }
  }

  TEST_CASE("going back takes the learning rate back too, and a replay uses the rates of then") {
    TwoDigitRun run;
    run.batches(4);
    ExperimentSpec faster = run.trainer.spec();
    faster.lr = 2.0f;
    run.trainer.apply_live(faster);
    run.batches(6);
    const uint64_t with_change = run.bits();
    run.batches(5);
    run.trainer.go_back(10 * 5);
    CHECK(run.bits() == with_change);
    CHECK(run.trainer.spec().lr == 2.0f);
    run.trainer.go_back(3 * 5);
    CHECK(run.trainer.spec().lr == 0.5f);
    CHECK(run.trainer.recorder().marks().empty());
  }

  TEST_CASE("going back to before the end of an epoch repeats its test, once") {
    Run there, back;
    const uint64_t epoch = uint64_t{there.trainer.batches_per_epoch()} * 5;
    there.phases(epoch + 2);
    back.phases(epoch + 2);
    back.trainer.go_back(epoch - 1);
    CHECK(back.trainer.recorder().epochs().size() == 1);
    back.phases(3);
    CHECK(back.trainer.recorder().epochs().size() == 2);
    CHECK(difference(fingerprint(back), fingerprint(there)) == "");
  }

  TEST_CASE("from an earlier place the run goes on with what is set now") {
    Run plain("optimizer=momentum&lr=0.05"), back("optimizer=momentum&lr=0.05");
    plain.batches(2);
    plain.set("wd=0.2&freeze=1&schedule=cosine");
    plain.batches(3);
    back.batches(4);
    back.set("wd=0.2&freeze=1&schedule=cosine");
    back.batches(1);
    back.trainer.go_back(2 * 5);
    CHECK(back.trainer.spec().weight_decay == 0.2f);
    CHECK(back.trainer.model().weighted()[0]->frozen());
    back.batches(3);
    CHECK(back.bits() == plain.bits());
  }

  TEST_CASE("a finished run that goes on begins its schedule again, and so does a replay of it") {
    for (const std::string schedule : {"onecycle", "cosine", "constant"}) {
      CAPTURE(schedule);
      const std::string edits =
          "optimizer=adamw&lr=0.01&epochs=2&schedule=" + std::string(schedule);
      Run there(edits), back(edits);
      const uint64_t epoch = uint64_t{there.trainer.batches_per_epoch()} * 5;
      std::vector<uint64_t> bits;
      for (Run* run : {&there, &back}) {
        std::vector<uint64_t> seen;
        while (run->trainer.position() < 3 * epoch + 7) {
          if (run->trainer.phase() != Phase::stop) seen.push_back(run->bits());
          run->trainer.advance();
        }
        CHECK(run->trainer.epoch_limit() == 4);
        bits = seen;
      }
      const auto rates = there.trainer.recorder().steps();
      const auto per_epoch = there.trainer.batches_per_epoch();
      CHECK(rates[2 * per_epoch].lr == rates[0].lr);
      CHECK(rates[2 * per_epoch].momentum == rates[0].momentum);
      const uint64_t end = there.bits();
      for (const uint64_t target : {3 * epoch + 1, 2 * epoch + 6, 2 * epoch, epoch + 3}) {
        CAPTURE(target);
        back.trainer.go_back(target);
        CHECK(back.bits() == bits[static_cast<size_t>(target)]);
        CHECK(back.trainer.epoch_limit() == (target >= 2 * epoch ? 4 : 2));
        while (back.trainer.position() < 3 * epoch + 7) back.trainer.advance();
        CHECK(back.bits() == end);
      }
    }
  }

  TEST_CASE("from the best weights put back, any place can be gone back to") {
    const char* edits = "optimizer=adam&lr=0.01&epochs=50&model=conv";
    Run there(edits), back(edits);
    const uint64_t epoch = uint64_t{there.trainer.batches_per_epoch()} * 5;
    const std::vector<Change> changes = {{2 * epoch, "lr=5&stop=patience:2"}};
    const std::vector<Fingerprint> seen = watched(there, 4 * epoch, changes);
    watched(back, 4 * epoch, changes);
    back.to_the_end();
    REQUIRE(back.trainer.best_is_back());
    for (const uint64_t target : {4 * epoch - 1, 3 * epoch + 4, 2 * epoch, epoch + 2}) {
      CAPTURE(target);
      back.trainer.go_back(target);
      CHECK_FALSE(back.trainer.best_is_back());
      CHECK(difference(fingerprint(back), seen[static_cast<size_t>(target)]) == "");
    }
    // The best epoch is undone; of those that are left another one is the best.
    back.set("lr=5");
    back.to_the_end();
    REQUIRE(back.trainer.best_is_back());
    const uint32_t best = back.trainer.tested().epoch;
    CHECK(best <= 1);
    CHECK(back.bits() == seen[static_cast<size_t>(best * epoch)].prints[0].second);
  }
}
