// The seven phases, as a machine that is advanced one phase at a time: initialize, predict, loss,
// gradient, step, repeat (and predict again …), stop. However it is sliced, the same spec gives the
// same bits. Going back is going forward again from a checkpoint. The session drives it, and reads
// what it shows through RunView. Knows no clock, no threads and no page: the caller adds up the
// training time.
//
// The seven phases are in trainer.cpp, live settings and going back in trainer_rewind.cpp, the run
// as a file in trainer_resume.cpp.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "base/result.hpp"
#include "train/batch_probe.hpp"
#include "train/checkpoints.hpp"
#include "train/run_record.hpp"
#include "train/run_view.hpp"

namespace downhill {

// When the initial weights, or the weights at the end of an epoch, are tested: before the next phase,
// or in parts between the batches that follow.
enum class TestTime : uint8_t { at_once, beside };

class Trainer : public RunView {
 public:
  // --- The seven phases

  // Builds the model of `spec` for these data and does step 1. No step allocates after it. The data
  // must outlive the trainer. On an error nothing changes. `first`: when the initial weights are
  // tested.
  Result<void> rebuild(const ExperimentSpec& spec, const Dataset& train, const Dataset& valid,
                       TestTime first = TestTime::at_once);
  // Starts the run again with these initial weights and running statistics, as long as the slabs.
  void start_from(std::span<const float> values, std::span<const float> buffers,
                  TestTime first = TestTime::at_once);

  // Does exactly one phase and returns it. After `stop` the run goes on, and the rule that fired is
  // set aside.
  Phase advance();
  // Does one phase and returns it, or one part of an automatic test (EpochTest::advance) and
  // returns nothing. With TestTime::beside a test is over within a quarter of the next epoch; it
  // still comes at once if a rule needs its result, if no epoch will follow, or if it is short.
  std::optional<Phase> advance_in_parts(TestTime test = TestTime::at_once);
  // Does the next part of the test under way. True when it is over. Precondition: testing().
  bool test_part() { return test_->advance(*task_, recorder_); }

  // Takes over the fields of `spec` that act on a live run, from the next step on.
  // Precondition: !needs_rebuild(spec(), spec).
  void apply_live(const ExperimentSpec& spec);
  // Called between the parts of long work that nothing can interrupt: batches that are computed
  // again, and tests that must end first.
  void on_progress(std::function<void()> act) { progress_ = std::move(act); }
  // For the stop rule on time.
  void add_training_seconds(double seconds) { training_seconds_ += seconds; }

  // --- Going back and going on

  // Restores an earlier place of the run to the bit, with the learning rates of that place.
  // Precondition: position <= this->position().
  void go_back(uint64_t position);
  // The run for a file, with all its tests, and going on from one. resume() is a rebuild()
  // otherwise. On an error the run stays as it was: if the record is of another model, does not fit
  // together, or if its steps cannot be computed again.
  RunRecord record();
  Result<void> resume(const RunRecord& record, const Dataset& train, const Dataset& valid);

  // --- For probes and tools

  using RunView::model;
  using RunView::task;
  Task& task() { return *task_; }
  Model& model() { return task_->model(); }
  BatchProbe& probe() { return probe_; }
  // How far each weight moves, into `change`, as long as the slab: in the next step if the gradient
  // has just been taken, otherwise in the last one. Precondition: has_gradient().
  void change(std::span<float> change);
  // How far each weight would move in a step from here, per unit of learning rate, if `gradient`
  // were the gradient; both as long as the slab. The run is untouched.
  void direction(std::span<const float> gradient, std::span<float> direction);
  // Everything that training changes, to put back later.
  void save_state(TrainState& state) const;
  void load_state(const TrainState& state);

  // --- For tests and benchmarks

  // Times every operation of the batch under way, see Tape::set_clock.
  void time_operations(uint64_t (*now_ns)()) { tape_.set_clock(now_ns); }
  // Phases done since the trainer was made, also those that were computed again.
  uint64_t phases_done() const { return phases_done_; }
  // How often a tape asked the system for memory since the trainer was made.
  uint64_t tape_allocations() const;

 private:
  void start_run(TestTime first);
  void predict();
  void take_loss();
  void gradient();
  void step();
  void watch();
  void look_at_weights(float lr);
  void repeat();
  void end();
  void go_on();
  void load_batch();
  StepSettings step_settings(uint32_t number) const;
  void try_step(const StepSettings& settings, std::span<float> change);

  bool epoch_ends_next() const;
  bool waits_for_test() const;
  bool tested_in_time(TestTime test);
  void begin_test();
  void finish_test();
  void save_checkpoint();
  void put_best_back();

  LiveSettings live_settings() const;
  void record_live();
  bool compute_again(uint64_t position);
  bool replay(uint64_t from_epoch, RunPlace to);
  Result<void> take_over(const RunRecord& record, const Dataset& train, const Dataset& valid);
  void restore(const Checkpoint& checkpoint);
  void forget_batch();

  const Dataset* all_train_ = nullptr;  // train_ is a sample of it, perhaps with wrong labels
  std::unique_ptr<Loader> loader_;
  BatchProbe probe_{*this};
  Var loss_;
  uint64_t phases_done_ = 0;
  double epoch_loss_sum_ = 0;  // of this epoch's batches so far
  std::function<void()> progress_;
  bool replaying_ = false;  // going forward again over what is recorded already
  Checkpoints checkpoints_;
  TrainState last_;  // while the best weights are put back: those from which the run goes on
};

}  // namespace downhill
