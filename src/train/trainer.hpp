// The seven steps, as a machine that is advanced one step at a time: initialize, predict, loss,
// gradient, step, repeat (and predict again …), stop. However it is sliced, the same spec gives the
// same bits. Going back is going forward again from a checkpoint. Knows no clock, no threads and no
// page; whoever drives it says how much time training has taken.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "autograd/tape.hpp"
#include "base/arena.hpp"
#include "base/result.hpp"
#include "data/loader.hpp"
#include "nn/optimizers.hpp"
#include "nn/schedules.hpp"
#include "train/checkpoints.hpp"
#include "train/epoch_test.hpp"
#include "train/experiment_spec.hpp"
#include "train/health.hpp"
#include "train/phase.hpp"
#include "train/recorder.hpp"
#include "train/run_record.hpp"
#include "train/task.hpp"

namespace downhill {

// When the weights at the end of an epoch, or the first ones, are tested: before anything else
// comes, or a part between two batches of what follows.
enum class TestTime : uint8_t { at_once, beside };

class Trainer {
 public:
  Trainer() = default;
  Trainer(const Trainer&) = delete;
  Trainer& operator=(const Trainer&) = delete;

  // Builds the model of `spec` for these data and does step 1. Steps allocate nothing after it. The
  // data must outlive the trainer. On an error nothing changes. `first`: when the first weights are
  // tested.
  Result<void> rebuild(const ExperimentSpec& spec, const Dataset& train, const Dataset& valid,
                       TestTime first = TestTime::at_once);
  bool built() const { return task_ != nullptr; }

  // Does exactly one phase and says which. After `stop` it goes on, with the rule that fired set
  // aside.
  Phase advance();
  // The same, but of an automatic test no more than a part (EpochTest::advance): nothing while the
  // phase is not over. A test that comes beside is over within a quarter of the next epoch. It
  // comes at once all the same if a rule asks for it, if no epoch will follow, or if it is short.
  std::optional<Phase> advance_in_parts(TestTime test = TestTime::at_once);
  bool testing() const { return test_->under_way(); }
  // No phase waits for the test under way. Its next part can be made at any time.
  bool testing_beside() const { return testing() && test_->point().epoch <= epochs_done_; }
  // True when the test is over. Precondition: testing().
  bool test_part() { return test_->advance(*task_, recorder_); }
  Phase phase() const { return phase_; }  // done last
  Phase next() const { return next_; }    // what advance() will do
  bool finished() const { return phase_ == Phase::stop; }
  const std::string& stop_reason() const { return stop_.reason(); }

  // False when going on would only make more of what is not a finite number.
  bool can_continue() const { return !finished() || position_ % kPhasesPerBatch == 0; }

  // Takes over the fields of `spec` that act on a live run, from the next step on.
  // Precondition: !needs_rebuild(spec(), spec).
  void apply_live(const ExperimentSpec& spec);
  // For the stop rule on time. Counted by whoever has a clock.
  void add_training_seconds(double seconds) { training_seconds_ += seconds; }
  double training_seconds() const { return training_seconds_; }

  // A place in the run: how many phases were done since step 1, five to a batch.
  static constexpr uint64_t kPhasesPerBatch = 5;
  uint64_t position() const { return position_; }
  // Restores that place, to the bit: learning rates of then included. Precondition: position <=
  // position().
  void go_back(uint64_t position);

  const ExperimentSpec& spec() const { return spec_; }
  Task& task() { return *task_; }
  const Task& task() const { return *task_; }
  Model& model() { return task_->model(); }
  const Model& model() const { return task_->model(); }
  const Objective& objective() const { return task_->objective(); }
  // What is learned from: the training set, or the part of it and the labels that the spec wants.
  const Dataset& train_set() const { return train_; }
  const Dataset& valid_set() const { return *valid_; }
  // How a training batch is read, for whoever reads one on the side.
  const LoaderOptions& loader_options() const { return loader_options_; }
  const Recorder& recorder() const { return recorder_; }
  const Trouble& trouble() const { return watch_.trouble(); }
  const Optimizer& optimizer() const { return optimizer_; }
  // Of the last automatic test that is over.
  const Evaluation& evaluation() const { return test_->last(); }
  // Its epoch point: the last one, or the best one when its weights were put back. Before there was
  // a test its numbers are NaN.
  const EpochPoint& tested() const;
  bool best_is_back() const { return best_is_back_; }

  uint64_t batches_done() const { return position_ / kPhasesPerBatch; }
  uint64_t steps_done() const { return (position_ + 1) / kPhasesPerBatch; }  // the fourth of five
  uint64_t batches_predicted() const {                                       // the first of five
    return (position_ + kPhasesPerBatch - 1) / kPhasesPerBatch;
  }
  uint32_t batches_per_epoch() const { return batches_per_epoch_; }
  // Complete batches of this epoch; all of them right after its end.
  uint32_t batch_in_epoch() const;
  uint32_t epochs_done() const { return epochs_done_; }
  uint32_t epoch_limit() const { return stop_.epoch_limit(); }

  // The batch that was predicted last, or the first one before any was. The same images stay until
  // the next predict.
  const Batch& batch() const { return batch_; }
  bool predicted() const { return output_.valid(); }
  // [batch · objective().outputs()].  Empty before.
  std::span<const float> outputs() const { return output_.value().span(); }

  // NaN while not known yet.
  float train_loss() const { return train_loss_; }        // of the last batch whose loss was taken
  float previous_loss() const { return previous_loss_; }  // of the one before it
  float batch_accuracy() const { return batch_accuracy_; }  // of the last batch predicted
  float gradient_norm() const { return gradient_norm_; }    // L2, of the last backward
  float update_norm() const { return update_norm_; }        // L2, of the last step
  // The slab of gradients is that of a backward.
  bool has_gradient() const { return has_gradient_; }
  float best_valid_accuracy() const;
  // What the next step will use, or the one after which the run rests did use.
  Rates rates() const;
  std::span<const Node> tape() const { return tape_.nodes(); }

  // How far each weight moves, into `change` (as long as the slab): in the step that comes next, if
  // the gradient has just been taken, otherwise in the last one. Precondition: has_gradient().
  void change(std::span<float> change);
  // Mean loss over the current batch with the weights as they are at this moment.
  float loss_now();
  // The gradient of that loss, into `grads` (as long as the slab); the run's own gradient is left
  // alone.
  void gradient_now(std::span<float> grads) { gradient_now(grads, probe_pass()); }
  // The same, going through the model another way.
  void gradient_now(std::span<float> grads, const Pass& pass);
  // How the current batch goes through the model in training, without leaving a trace in it.
  Pass probe_pass() const;

  // Everything that training changes, to put back after an excursion.
  void save_state(TrainState& state) const;
  void load_state(const TrainState& state);
  // Takes the weights and running statistics of elsewhere as first weights: the run starts again
  // from them. Spans as long as the slabs.
  void start_from(std::span<const float> values, std::span<const float> buffers,
                  TestTime first = TestTime::at_once);

  // The run, for a file, with all its tests; and going on from one. resume() is a rebuild()
  // otherwise: on an error, when the record is of another model or does not fit together, nothing
  // changes.
  RunRecord record();
  Result<void> resume(const RunRecord& record, const Dataset& train, const Dataset& valid);

  // Times every operation of the batch under way, see Tape::set_clock.
  void time_operations(uint64_t (*now_ns)()) { tape_.set_clock(now_ns); }
  // For tests and benchmarks. How often memory was asked of the system for tapes since the trainer
  // was made; and the bytes that the tape of the batch under way has taken so far.
  uint64_t tape_allocations() const;
  uint64_t tape_bytes() const { return arena_.used(); }

 private:
  void start_run(TestTime first);
  void predict();
  void take_loss();
  void gradient();
  void step();
  void repeat();
  void end();

  void load_batch();
  bool epoch_ends_next() const;
  bool waits_for_test() const;
  bool tested_in_time(TestTime test);
  void begin_test();
  void finish_test();
  void save_checkpoint();
  Pass pass(bool update_statistics) const;
  StepSettings step_settings(uint32_t number) const;
  Rates planned_rates(uint32_t number) const;
  LiveSettings live_settings() const;
  Result<void> check(const RunRecord& record, const Dataset& train) const;
  void record_live();
  void put_best_back();
  void go_on();
  void replay(uint64_t from_epoch, uint64_t position);
  void restore(const Checkpoint& checkpoint);
  void forget_numbers();

  ExperimentSpec spec_;
  Dataset train_;
  const Dataset* valid_ = nullptr;
  std::unique_ptr<Task> task_;
  LoaderOptions loader_options_;
  std::unique_ptr<Loader> loader_;
  std::unique_ptr<EpochTest> test_;
  Optimizer optimizer_;
  Batch batch_;

  Arena arena_, probe_arena_;  // the tape of the batch under way; that of probes
  Tape tape_{arena_}, probe_tape_{probe_arena_};
  Var output_, loss_value_;

  Phase phase_ = Phase::initialize, next_ = Phase::predict;
  uint64_t position_ = 0;
  uint32_t batches_per_epoch_ = 0, epochs_done_ = 0;
  // Epochs at which the schedule began: 0, and one for each time that a finished run went on.
  std::vector<uint32_t> schedule_starts_;
  double epoch_loss_sum_ = 0;  // of this epoch's batches so far
  float train_loss_ = 0, previous_loss_ = 0, batch_accuracy_ = 0;
  float gradient_norm_ = 0, update_norm_ = 0;
  bool has_gradient_ = false;
  bool replaying_ = false;  // going forward again over what is recorded already

  StopWatch stop_;
  double training_seconds_ = 0;
  // While the best weights are put back, the last ones wait here for the run to go on.
  bool best_is_back_ = false;
  TrainState last_;

  Recorder recorder_;
  HealthWatch watch_;
  Checkpoints checkpoints_;
};

}  // namespace downhill
