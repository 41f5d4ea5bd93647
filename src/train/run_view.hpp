// What can be seen of a run between two phases: where it stands, what it learns from, the current
// batch and its numbers, the curves, the automatic tests. Snapshots, files and probes read it. Only
// Trainer, which derives from it, changes it.
#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "autograd/tape.hpp"
#include "base/arena.hpp"
#include "data/loader.hpp"
#include "nn/optimizers.hpp"
#include "nn/schedules.hpp"
#include "train/epoch_test.hpp"
#include "train/experiment_spec.hpp"
#include "train/health.hpp"
#include "train/phase.hpp"
#include "train/recorder.hpp"
#include "train/run_place.hpp"
#include "train/stop_rules.hpp"
#include "train/task.hpp"

namespace downhill {

inline constexpr float kUnknown = std::numeric_limits<float>::quiet_NaN();

// The numbers of the last batches, kUnknown until they are computed.
struct BatchNumbers {
  float train_loss = kUnknown;     // of the last batch whose loss was taken
  float previous_loss = kUnknown;  // of the batch before it
  float accuracy = kUnknown;       // of the last batch predicted
  float gradient_norm = kUnknown;  // L2, of the last backward
  float update_norm = kUnknown;    // L2, of the last step
};

class RunView {
 public:
  RunView() = default;
  RunView(const RunView&) = delete;
  RunView& operator=(const RunView&) = delete;

  // --- What is trained

  bool built() const { return task_ != nullptr; }  // precondition of everything below
  const ExperimentSpec& spec() const { return spec_; }
  const Task& task() const { return *task_; }
  const Model& model() const { return task_->model(); }
  const Objective& objective() const { return task_->objective(); }
  const Optimizer& optimizer() const { return optimizer_; }
  // The subset of the training images that the spec asks for, with its wrong labels.
  const Dataset& train_set() const { return train_; }
  const Dataset& valid_set() const { return *valid_; }
  const LoaderOptions& loader_options() const { return loader_options_; }  // of training batches
  // What pixels are normalized with: mean 0 and deviation 1 where they are not.
  const PixelStatistics& pixels() const { return pixels_; }

  // --- Where it stands

  Phase phase() const { return phase_; }  // done last
  Phase next() const { return next_; }    // what Trainer::advance() will do
  bool finished() const { return phase_ == Phase::stop; }
  const std::string& stop_reason() const { return stop_.reason(); }
  // False after a stop because the loss or a weight is not finite.
  bool can_continue() const { return !finished() || place_.between_batches(); }
  static constexpr uint64_t kPhasesPerBatch = RunPlace::kPhasesPerBatch;
  uint64_t position() const { return place_.phases; }
  uint64_t batches_done() const { return place_.batches(); }
  uint64_t steps_done() const { return place_.steps(); }
  uint32_t batches_per_epoch() const { return batches_per_epoch_; }
  // Complete batches of this epoch; all of them right after its end.
  uint32_t batch_in_epoch() const;
  uint32_t epochs_done() const { return epochs_done_; }
  uint32_t epoch_limit() const { return stop_.epoch_limit(); }
  double training_seconds() const { return training_seconds_; }
  // The rates of the next step. After a stop: those that it would have.
  Rates rates() const { return planned_rates(next_step()); }

  // --- The current batch

  // The batch that was predicted last, or the first one. It changes with the next predict.
  const Batch& batch() const { return batch_; }
  // Its number, counted from 0 over all epochs. After `repeat` that is one less than batches_done().
  uint64_t batch_number() const { return batch_number_; }
  bool predicted() const { return output_.valid(); }
  // [batch · objective().outputs()], empty before the first predict.
  std::span<const float> outputs() const { return output_.value().span(); }
  bool has_gradient() const { return has_gradient_; }  // the slab is of a backward pass
  std::span<const Node> tape() const { return tape_.nodes(); }
  uint64_t tape_bytes() const { return arena_.used(); }  // of the tape so far, for benchmarks
  float train_loss() const { return numbers_.train_loss; }
  float previous_loss() const { return numbers_.previous_loss; }
  float batch_accuracy() const { return numbers_.accuracy; }
  float gradient_norm() const { return numbers_.gradient_norm; }
  float update_norm() const { return numbers_.update_norm; }

  // --- Curves and automatic tests

  const Recorder& recorder() const { return recorder_; }
  const Trouble& trouble() const { return watch_.trouble(); }
  bool testing() const { return test_->under_way(); }
  // No phase waits for the test under way: its next part can be made at any time.
  bool testing_beside() const { return testing() && test_->point().epoch <= epochs_done_; }
  const Evaluation& evaluation() const { return test_->last(); }  // the last test that is over
  // Its epoch point: the last one, or the best one while its weights are put back. Its numbers are
  // kUnknown before the first test is over.
  const EpochPoint& tested() const;
  bool best_is_back() const { return best_is_back_; }
  float best_valid_accuracy() const;

 protected:
  ~RunView() = default;

  uint32_t next_step() const { return static_cast<uint32_t>(place_.steps()) + 1; }  // from 1
  Rates planned_rates(uint32_t step) const;

  ExperimentSpec spec_;
  Dataset train_;
  const Dataset* valid_ = nullptr;
  std::unique_ptr<Task> task_;
  Optimizer optimizer_;
  PixelStatistics pixels_;
  LoaderOptions loader_options_;

  Phase phase_ = Phase::initialize, next_ = Phase::predict;
  RunPlace place_;
  uint32_t batches_per_epoch_ = 0, epochs_done_ = 0;
  // Epochs at which the schedule began: 0, and one for each time that a finished run went on.
  std::vector<uint32_t> schedule_starts_;
  StopWatch stop_;
  double training_seconds_ = 0;

  Batch batch_;
  uint64_t batch_number_ = 0;
  Arena arena_;
  Tape tape_{arena_};  // of the batch under way
  Var output_;
  BatchNumbers numbers_;
  bool has_gradient_ = false;

  Recorder recorder_;
  HealthWatch watch_;
  std::unique_ptr<EpochTest> test_;
  bool best_is_back_ = false;
};

}  // namespace downhill
