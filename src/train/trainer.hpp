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
#include "nn/layers.hpp"
#include "nn/losses.hpp"
#include "train/checkpoints.hpp"
#include "train/experiment_spec.hpp"
#include "train/health.hpp"
#include "train/phase.hpp"
#include "train/recorder.hpp"

namespace downhill {

class Trainer {
 public:
  Trainer() = default;
  Trainer(const Trainer&) = delete;
  Trainer& operator=(const Trainer&) = delete;

  // Builds the model of `spec` for these data and does step 1. The only place that allocates. The
  // data must outlive the trainer. On an error nothing changes.
  Result<void> rebuild(const ExperimentSpec& spec, const Dataset& train, const Dataset& valid);
  bool built() const { return model_ != nullptr; }

  // Does exactly one phase and says which. After `stop` it goes on, with the rule that fired set
  // aside.
  Phase advance();
  Phase phase() const { return phase_; }  // done last
  Phase next() const { return next_; }    // what advance() will do
  bool finished() const { return phase_ == Phase::stop; }
  const std::string& stop_reason() const { return stop_reason_; }

  // False when going on would only make more of what is not a finite number.
  bool can_continue() const;

  // Takes over the fields of `spec` that act on a live run: the learning rate from the next step
  // on, the number of epochs and the stop rules. Precondition: !needs_rebuild(spec(), spec).
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
  Mlp& model() { return *model_; }
  const Mlp& model() const { return *model_; }
  const Recorder& recorder() const { return recorder_; }
  const Trouble& trouble() const { return watch_.trouble(); }

  uint64_t steps_done() const {
    return (position_ + 1) / kPhasesPerBatch;
  }  // step is the fourth of five
  uint64_t batches_done() const { return position_ / kPhasesPerBatch; }
  uint32_t batches_per_epoch() const { return batches_per_epoch_; }
  uint32_t batch_in_epoch()
      const;  // complete batches of this epoch; all of them right after its end
  uint32_t epochs_done() const { return epochs_done_; }
  uint32_t epoch_limit() const { return epoch_limit_; }

  // The batch that was predicted last, or the first one before any was. The same images stay until
  // the next predict.
  const Batch& batch() const { return batch_; }
  bool predicted() const { return output_.valid(); }
  std::span<const float> outputs() const {
    return output_.value().span();
  }  // [batch].  Empty before
  const Loss& loss() const { return *loss_; }

  // NaN while not known yet.
  float train_loss() const { return train_loss_; }        // of the last batch whose loss was taken
  float previous_loss() const { return previous_loss_; }  // of the one before it
  float batch_accuracy() const { return batch_accuracy_; }  // of the last batch predicted
  float gradient_norm() const { return gradient_norm_; }    // L2, of the last backward
  float update_norm() const { return update_norm_; }        // L2, of the last step
  bool has_gradient() const {
    return has_gradient_;
  }  // the slab of gradients is that of a backward
  float best_valid_accuracy() const;
  std::span<const Node> tape() const { return tape_.nodes(); }

  // Mean loss over the current batch with the weights as they are at this moment.
  float loss_now();
  // The gradient of that loss, into `grads` (as long as the slab); the run's own gradient is left
  // alone.
  void gradient_now(std::span<float> grads);

  // How often memory was asked of the system for tapes since the trainer was made, for tests.
  uint64_t tape_allocations() const {
    return arena_.system_allocations() + test_arena_.system_allocations();
  }

 private:
  enum class StopRule : uint8_t { none, epochs, target, patience, time };

  void initialize();
  void predict();
  void take_loss();
  void gradient();
  void step();
  void repeat();
  void stop();

  void load_batch();
  void test(float epoch_train_loss);
  Var forward(Tape& tape, const Batch& batch) const;
  bool stop_rule_fires(bool epoch_ended);
  void lift_rule();
  uint32_t epochs_since_best() const;
  void restore(const Checkpoint& checkpoint);
  void forget_numbers();

  ExperimentSpec spec_;
  const Dataset* valid_ = nullptr;
  std::unique_ptr<Mlp> model_;
  const Loss* loss_ = nullptr;
  std::unique_ptr<Loader> loader_, test_loader_;
  Batch batch_, test_batch_;

  Arena arena_, test_arena_;  // the tape of the batch under way; that of tests and probes
  Tape tape_{arena_}, test_tape_{test_arena_};
  Var output_, loss_value_;

  Phase phase_ = Phase::initialize, next_ = Phase::predict;
  uint64_t position_ = 0;
  uint32_t batches_per_epoch_ = 0, epochs_done_ = 0, epoch_limit_ = 0;
  double epoch_loss_sum_ = 0;  // of this epoch's batches so far
  float train_loss_ = 0, previous_loss_ = 0, batch_accuracy_ = 0;
  float gradient_norm_ = 0, update_norm_ = 0;
  bool has_gradient_ = false;
  bool replaying_ = false;  // going forward again over what is recorded already

  StopSpec rules_;  // those still in force
  StopRule fired_ = StopRule::none;
  std::string stop_reason_;
  double training_seconds_ = 0;

  Recorder recorder_;
  HealthWatch watch_;
  Checkpoints checkpoints_;
};

}  // namespace downhill
