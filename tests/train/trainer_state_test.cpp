// What is set while a run is under way, going back, and looking without touching: for every
// optimizer, schedule and kind of model.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "support/training.hpp"
#include "train/probe.hpp"

using namespace downhill;
using test::difference;
using test::Fingerprint;
using test::fingerprint;
using test::kKindsOfRuns;
using test::Run;

namespace {

// Changes of a run under way, each at the position it was made at.
struct Change {
  uint64_t position;
  const char* edits;
};

// Goes on for `count` phases, making the changes on the way. Gives what was seen at each position,
// from the one it begins at on, before the changes of that position were made.
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

TEST_SUITE("trainer state") {
  TEST_CASE("whatever is looked at between two phases, the run has the same bits") {
    for (const std::string edits : kKindsOfRuns) {
      CAPTURE(edits);
      Run plain(edits), looked(edits);
      const auto phases = uint64_t{plain.trainer.batches_per_epoch()} * 5 + 7;
      plain.phases(phases);
      std::vector<float> slab(looked.values().size());
      for (uint64_t i = 0; i < phases; ++i) {
        looked.trainer.advance();
        const uint64_t bits = looked.bits();
        looked.trainer.probe().loss();
        looked.trainer.probe().gradient(slab);
        if (looked.trainer.has_gradient()) looked.trainer.change(slab);
        if (i % 9 == 0) {
          nudge(looked.trainer, looked.trainer.model().slabs().values().data() + 5, slab);
        }
        TrainState state;
        looked.trainer.save_state(state);
        std::ranges::fill(looked.trainer.model().slabs().values(), 7.0f);
        std::ranges::fill(looked.trainer.model().slabs().buffers(), 7.0f);
        looked.trainer.load_state(state);
        REQUIRE(looked.bits() == bits);
      }
      CHECK(difference(fingerprint(plain), fingerprint(looked)) == "");
    }
  }

  TEST_CASE("what is looked at is what training then does") {
    for (const std::string edits : kKindsOfRuns) {
      CAPTURE(edits);
      Run run(edits);
      std::vector<float> slab(run.values().size());
      run.batches(2);
      run.phases(1);  // predict: batch norm's statistics have moved, the loss has not been taken
      const float loss = run.trainer.probe().loss();
      run.trainer.probe().gradient(slab);
      run.phases(1);
      CHECK(run.trainer.train_loss() == loss);
      run.phases(1);
      CHECK(std::ranges::equal(run.trainer.model().slabs().grads(), slab));
    }
  }

  TEST_CASE("the change that is foretold is the one that the step makes") {
    for (const std::string edits : kKindsOfRuns) {
      CAPTURE(edits);
      Run run(edits);
      for (int batch = 0; batch < 3; ++batch) {
        run.phases(3);
        const std::vector<float> before = run.values();
        std::vector<float> foretold(before.size()), made(before.size());
        run.trainer.change(foretold);
        REQUIRE(run.values() == before);
        run.phases(1);
        run.trainer.change(made);
        CHECK(made == foretold);
        const std::vector<float> after = run.values();
        size_t wrong = 0, moved = 0;
        for (size_t i = 0; i < before.size(); ++i) {
          wrong += made[i] != after[i] - before[i] ? 1 : 0;
          moved += made[i] != 0.0f ? 1 : 0;
        }
        CHECK(wrong == 0);
        CHECK(moved > 0);
        run.phases(1);
        run.trainer.change(made);  // still the last one, until there is another gradient
        CHECK(made == foretold);
      }
    }
  }

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

  TEST_CASE("a replay does what was set then: rates, decay, clipping, frozen layers, schedule") {
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

  TEST_CASE("going back to before the end of an epoch, its test is made again, once") {
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

  TEST_CASE("a test in parts: nothing is over before the last one, and the run is the same") {
    // 750 images to be tested on: some parts.
    const DigitData data = test::ten_digit_data(12, 75, 1);
    const ExperimentSpec spec =
        test::edited({},
                     "digits=0123456789&model=conv&loss=crossentropy&batch=40"
                     "&epochs=3&seed=5&stop=patience:1&lr=0.5");
    Run whole(spec, data), parts(spec, data), undone(spec, data);
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

    // A test that was begun is not that of the weights gone back to.
    undone.phases(uint64_t{5} * undone.trainer.batches_per_epoch() - 1);
    CHECK_FALSE(undone.trainer.advance_in_parts());
    undone.trainer.go_back(3);
    CHECK_FALSE(undone.trainer.testing());
    undone.to_the_end();
    CHECK(difference(fingerprint(undone), fingerprint(whole)) == "");
  }

  // A test that is long enough for the run to go on beside it: 750 images for a convolution.
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

  TEST_CASE("a test beside the next epoch is of the weights of then, and no step waits for it") {
    Run plain(long_test_spec(), long_test_digits());
    Beside beside;
    CHECK(beside.trainer.testing_beside());  // of the first weights
    CHECK(beside.trainer.recorder().epochs().empty());
    CHECK(beside.trainer.evaluation().count == 0);
    CHECK(std::isnan(beside.trainer.tested().valid_loss));
    CHECK(std::isnan(beside.trainer.best_valid_accuracy()));
    CHECK(beside.bits() == plain.bits());
    const uint64_t last = (plain.trainer.spec().epochs - 1) * beside.epoch();
    uint32_t overlaps = 0;
    while (!beside.trainer.finished()) {
      const bool waits = beside.trainer.position() + 1 > last;  // for the last one
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
      // What is known is that of the epoch before.
      const auto epochs = beside.trainer.recorder().epochs(),
                 all = plain.trainer.recorder().epochs();
      REQUIRE(epochs.size() + 1 == all.size());
      if (epochs.empty()) continue;
      CHECK(epochs.back().valid_loss == all[all.size() - 2].valid_loss);
      CHECK(beside.trainer.evaluation().loss == epochs.back().valid_loss);
    }
    CHECK(overlaps >= 4 * 5);  // each of four tests went on for a batch at least
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

  TEST_CASE(
      "going back while a test is under way beside: it is over first, or undone with its epoch") {
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

  TEST_CASE("a run is recorded with all its tests, and a rule set meanwhile waits for them") {
    Beside beside;
    beside.beside(beside.epoch() + 6);
    REQUIRE(beside.trainer.testing_beside());
    Run plain(long_test_spec(), long_test_digits());
    plain.phases(beside.epoch() + 6);
    const RunRecord record = beside.trainer.record();
    CHECK(record.history.epochs.size() == 2);
    CHECK(record.history.epochs[1].valid_loss == plain.trainer.recorder().epochs()[1].valid_loss);
    CHECK_FALSE(beside.trainer.testing());

    for (const char* rule : {"stop=target:0.01", "stop=patience:1&lr=100", "epochs=1"}) {
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

  TEST_CASE("probes and tools that move weights do not touch a test that is under way") {
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

  TEST_CASE("from a place gone back to, the run goes on with what is set now") {
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

  TEST_CASE(
      "a run that ended and went on: the schedule begins again, and so it does on the way back") {
    for (const char* schedule : {"onecycle", "cosine", "constant"}) {
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

  TEST_CASE("patience puts the weights of the best epoch back; going on goes on as if it had not") {
    for (const char* model : {"mlp:8", "conv"}) {
      CAPTURE(model);
      const std::string edits =
          "optimizer=adamw&lr=0.01&epochs=50&loss=crossentropy&model=" + std::string(model);
      // After two good epochs the rate becomes far too large.
      const auto spoilt = [&](Run& run, const char* stop) {
        run.batches(2 * run.trainer.batches_per_epoch());
        run.set(std::string("lr=5&stop=") + stop);
      };
      Run patient(edits), endless(edits);
      spoilt(endless, "none");
      const uint64_t best_bits = endless.bits();
      const float best_loss = endless.trainer.recorder().epochs().back().valid_loss;
      spoilt(patient, "patience:2");
      patient.to_the_end();
      REQUIRE(patient.trainer.epochs_done() == 4);
      CHECK(patient.trainer.stop_reason() ==
            "The validation loss has not improved for 2 epochs: the weights of epoch 2 are put "
            "back.");
      CHECK(patient.trainer.best_is_back());
      CHECK(patient.bits() == best_bits);
      CHECK(patient.trainer.tested().epoch == 2);
      CHECK(patient.trainer.evaluation().loss == best_loss);

      while (endless.trainer.position() < patient.trainer.position()) endless.trainer.advance();
      std::vector<float> change(patient.values().size()), last(change.size());
      patient.trainer.change(change);
      endless.trainer.change(last);
      CHECK(change == last);  // of the last step that was made, not the way back to the best
      patient.batches(2);
      endless.batches(2);
      CHECK_FALSE(patient.trainer.best_is_back());
      CHECK(patient.bits() == endless.bits());
      CHECK(patient.trainer.tested().epoch == 4);
      CHECK(patient.trainer.evaluation().loss == endless.trainer.evaluation().loss);
    }
  }

  TEST_CASE("from the best weights one goes back to any place, as if they had not been put back") {
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

  TEST_CASE("a place where nothing is learned: all layers frozen") {
    Run run("model=conv&freeze=64");
    const std::vector<float> before = run.values();
    run.batches(5);
    CHECK(run.values() == before);
    CHECK(run.trainer.gradient_norm() == 0.0f);
    CHECK(run.trainer.update_norm() == 0.0f);
    run.set("freeze=0");
    run.batches(1);
    CHECK(run.values() != before);
  }

  TEST_CASE("a layer frozen while its gradient is there keeps still from the next batch on") {
    for (const uint64_t phases : {1, 2, 3}) {
      CAPTURE(phases);
      Run run("optimizer=momentum&lr=0.05");
      run.batches(1);
      run.phases(phases);
      run.set("freeze=1");
      run.phases(5 - phases);
      const std::vector<float> before = run.values();
      const size_t first = run.trainer.model().weighted()[1]->weight().value.data -
                           run.trainer.model().slabs().values().data();
      run.batches(1);
      const std::vector<float> after = run.values();
      CHECK(std::equal(before.begin(), before.begin() + static_cast<std::ptrdiff_t>(first),
                       after.begin()));
      CHECK(before != after);
    }
  }

  TEST_CASE("a run from given weights is the run that would begin with them") {
    Run source("model=conv&optimizer=adam&lr=0.01"), again("model=conv&optimizer=adam&lr=0.01");
    source.batches(4);
    const auto buffers = source.trainer.model().slabs().buffers();
    again.batches(2);
    again.trainer.start_from(source.values(), {buffers.data(), buffers.size()});
    CHECK(again.trainer.position() == 0);
    CHECK(again.trainer.phase() == Phase::initialize);
    CHECK(again.values() == source.values());
    CHECK(again.trainer.optimizer().steps() == 0);
    CHECK(again.trainer.recorder().steps().empty());
    CHECK(again.trainer.recorder().epochs().size() == 1);
    CHECK(again.trainer.recorder().epochs()[0].valid_loss == again.trainer.evaluation().loss);
    const uint64_t first = again.bits();
    again.batches(4);
    const uint64_t trained = again.bits();
    again.trainer.go_back(0);
    CHECK(again.bits() == first);
    again.batches(4);
    CHECK(again.bits() == trained);
  }

  TEST_CASE("running statistics end where the passes of training took them, once each") {
    Run run("model=conv");
    const auto mean = [&] { return run.trainer.model().slabs().all_buffers()[0].value.data[0]; };
    CHECK(mean() == 0.0f);
    run.phases(1);
    const float once = mean();
    CHECK(once != 0.0f);
    run.phases(4);
    CHECK(mean() == once);
    run.phases(1);
    CHECK(mean() != once);
  }

  TEST_CASE("an epoch that would end with one image is refused where batch norm needs two") {
    Trainer trainer;
    const DigitData& data = test::ten_digits();
    const ExperimentSpec spec =
        test::edited({}, "digits=0123456789&model=conv&loss=crossentropy&batch=17");
    const Result<void> built = trainer.rebuild(spec, data.train, data.valid);  // 120 = 7 · 17 + 1
    REQUIRE_FALSE(built.ok());
    CHECK(built.error().message ==
          "[batch] layer 14, BatchNorm2d, sees one number per channel of one image: two images at "
          "least are needed, but the last batch of an epoch has one: drop it, or choose another "
          "batch size");
    CHECK_FALSE(trainer.built());
    CHECK(trainer.rebuild(test::edited(spec, "droplast=true"), data.train, data.valid).ok());
    CHECK(trainer.rebuild(test::edited(spec, "subset=34"), data.train, data.valid).ok());
    CHECK_FALSE(trainer.rebuild(test::edited(spec, "subset=35"), data.train, data.valid).ok());
    CHECK_FALSE(trainer.rebuild(test::edited(spec, "subset=1"), data.train, data.valid).ok());
    CHECK(trainer.rebuild(test::edited(spec, "model=lenet"), data.train, data.valid).ok());
  }
}
