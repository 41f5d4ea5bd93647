#include "train/trainer.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "autograd/ops.hpp"
#include "base/text.hpp"
#include "kernels/reduce.hpp"
#include "nn/optimizers.hpp"

namespace downhill {

namespace {

constexpr float kUnknown = std::numeric_limits<float>::quiet_NaN();
constexpr uint32_t kTestBatch = 256;
constexpr uint32_t kWatchWindow = 16;           // batch losses that are averaged, see HealthWatch
constexpr size_t kMaxReservedSteps = 1u << 20;  // 16 MB; a longer run grows its record as it goes

std::vector<uint32_t> widths_of(const ModelSpec& model, uint32_t pixels) {
  std::vector<uint32_t> widths = {pixels};
  widths.insert(widths.end(), model.hidden.begin(), model.hidden.end());
  widths.push_back(1);
  return widths;
}

// The tape never writes to a constant.
Var constant(Tape& tape, std::span<const float> values) {
  return tape.constant(
      Tensor{const_cast<float*>(values.data()), {static_cast<uint32_t>(values.size())}});
}

}  // namespace

Result<void> Trainer::rebuild(const ExperimentSpec& spec, const Dataset& train,
                              const Dataset& valid) {
  if (train.size() == 0) return Error{"[trainer] the training set is empty"};
  if (valid.size() == 0) return Error{"[trainer] the validation set is empty"};
  spec_ = spec;
  valid_ = &valid;
  loss_ = &loss_table(spec.loss);
  model_ = std::make_unique<Mlp>(widths_of(spec.model, train.pixels_per_image()));
  loader_ = std::make_unique<Loader>(
      train, LoaderOptions{.batch_size = spec.batch, .shuffle = spec.shuffle, .seed = spec.seed});
  test_loader_ = std::make_unique<Loader>(valid, LoaderOptions{.batch_size = kTestBatch});
  batches_per_epoch_ = loader_->batch_count();
  rules_ = spec.stop;
  epoch_limit_ = spec.epochs;
  training_seconds_ = 0;
  recorder_.begin(std::min(size_t{spec.epochs} * batches_per_epoch_, kMaxReservedSteps),
                  spec.epochs, spec.lr);
  watch_.begin(spec.shuffle ? std::min(kWatchWindow, batches_per_epoch_) : batches_per_epoch_);
  checkpoints_.begin(model_->slabs().values().size(), spec.epochs);
  initialize();
  return {};
}

Phase Trainer::advance() {
  if (finished()) lift_rule();
  phase_ = next_;
  switch (phase_) {
    case Phase::initialize:
      initialize();
      break;
    case Phase::predict:
      predict();
      break;
    case Phase::loss:
      take_loss();
      break;
    case Phase::gradient:
      gradient();
      break;
    case Phase::step:
      step();
      break;
    case Phase::repeat:
      repeat();
      break;
    case Phase::stop:
      stop();
      break;
  }
  return phase_;
}

// 1 Initialize: every weight gets its first value, and the automatic test says how good chance is.
void Trainer::initialize() {
  model_->initialize(spec_.init, spec_.seed);
  position_ = 0;
  epochs_done_ = 0;
  epoch_loss_sum_ = 0;
  forget_numbers();
  phase_ = Phase::initialize;
  next_ = Phase::predict;
  stop_reason_.clear();
  load_batch();
  test(kUnknown);
  checkpoints_.save(0, model_->slabs().values());
}

// 2 Predict: the batch goes through the model; the tape remembers how.
void Trainer::predict() {
  load_batch();
  tape_.clear();
  output_ = forward(tape_, batch_);
  batch_accuracy_ = static_cast<float>(count_correct(*loss_, outputs(), batch_.targets)) /
                    static_cast<float>(batch_.size);
  ++position_;
  next_ = Phase::loss;
}

// 3 Loss: one number, small when the predictions are good.
void Trainer::take_loss() {
  loss_value_ = loss_->of(output_, constant(tape_, batch_.targets));
  previous_loss_ = train_loss_;
  train_loss_ = loss_value_.item();
  ++position_;
  next_ = Phase::gradient;
  if (!std::isfinite(train_loss_)) {
    watch_.not_finite(recorder_, train_loss_, spec_.lr);
    next_ = Phase::stop;
  }
}

// 4 Gradient: how the loss changes with every weight. The gradients of the batch before are
// forgotten here, not right after the step, so that they can be looked at in between.
void Trainer::gradient() {
  model_->slabs().zero_grad();
  loss_value_.backward();
  const std::span<const float> grads = model_->slabs().grads();
  gradient_norm_ = kernels::norm(grads.data(), grads.size());
  has_gradient_ = true;
  ++position_;
  next_ = Phase::step;
}

// 5 Step: downhill, by the learning rate times the gradient.
void Trainer::step() {
  const uint32_t number = static_cast<uint32_t>(batches_done()) + 1;
  const float lr = recorder_.lr_at(number);
  sgd_step(model_->slabs().values(), model_->slabs().grads(), lr);
  update_norm_ = lr * gradient_norm_;
  epoch_loss_sum_ += static_cast<double>(train_loss_);
  ++position_;
  next_ = Phase::repeat;
  if (replaying_) return;
  recorder_.record_step({number, train_loss_, gradient_norm_, lr});
  watch_.look(recorder_);
}

// 6 Repeat: the next batch; after the last one of an epoch, the automatic test.
void Trainer::repeat() {
  ++position_;
  next_ = Phase::predict;
  const bool epoch_ended = batches_done() % batches_per_epoch_ == 0;
  if (epoch_ended) {
    ++epochs_done_;
    const float mean_loss = static_cast<float>(epoch_loss_sum_ / batches_per_epoch_);
    epoch_loss_sum_ = 0;
    if (!replaying_) {
      test(mean_loss);
      checkpoints_.save(epochs_done_, model_->slabs().values());
    }
  }
  if (!replaying_ && stop_rule_fires(epoch_ended)) next_ = Phase::stop;
}

// 7 Stop: say why. The weights stay as they are.
void Trainer::stop() {
  if (!std::isfinite(train_loss_)) stop_reason_ = "The loss is not a finite number.";
  next_ = position_ % kPhasesPerBatch == 0 ? Phase::predict : Phase::stop;
}

bool Trainer::stop_rule_fires(bool epoch_ended) {
  const auto time = static_cast<double>(rules_.seconds);
  fired_ = StopRule::none;
  if (time > 0 && training_seconds_ >= time) fired_ = StopRule::time;
  if (epoch_ended) {
    const EpochPoint& last = recorder_.epochs().back();
    if (epochs_done_ >= epoch_limit_) fired_ = StopRule::epochs;
    if (rules_.patience > 0 && epochs_since_best() >= rules_.patience) fired_ = StopRule::patience;
    if (rules_.target_accuracy > 0 && last.valid_accuracy >= rules_.target_accuracy) {
      fired_ = StopRule::target;
    }
  }
  switch (fired_) {
    case StopRule::none:
      stop_reason_.clear();
      break;
    case StopRule::time:
      stop_reason_ = "Out of time: " + print(rules_.seconds) + " s of training are over.";
      break;
    case StopRule::epochs:
      stop_reason_ = epochs_done_ == 1
                         ? "The epoch is done."
                         : "All " + print(uint64_t{epochs_done_}) + " epochs are done.";
      break;
    case StopRule::patience:
      stop_reason_ = "The validation loss has not improved for " +
                     print(uint64_t{rules_.patience}) +
                     (rules_.patience == 1 ? " epoch." : " epochs.");
      break;
    case StopRule::target:
      stop_reason_ = "The target is reached: " + print_fixed(100 * rules_.target_accuracy, 1) +
                     " % of the validation set.";
      break;
  }
  return fired_ != StopRule::none;
}

void Trainer::lift_rule() {
  switch (fired_) {
    case StopRule::none:
      break;
    case StopRule::time:
      rules_.seconds = 0;
      break;
    case StopRule::epochs:
      epoch_limit_ += spec_.epochs;
      break;
    case StopRule::patience:
      rules_.patience = 0;
      break;
    case StopRule::target:
      rules_.target_accuracy = 0;
      break;
  }
  fired_ = StopRule::none;
  stop_reason_.clear();
}

uint32_t Trainer::epochs_since_best() const {
  const auto epochs = recorder_.epochs();
  size_t best = 0;
  for (size_t i = 1; i < epochs.size(); ++i) {
    if (epochs[i].valid_loss < epochs[best].valid_loss) best = i;
  }
  return static_cast<uint32_t>(epochs.size() - 1 - best);
}

void Trainer::apply_live(const ExperimentSpec& spec) {
  spec_.lr = spec.lr;
  recorder_.record_lr(static_cast<uint32_t>(steps_done()) + 1, spec.lr);
  if (spec.stop != spec_.stop) rules_ = spec_.stop = spec.stop;
  if (spec.epochs != spec_.epochs) epoch_limit_ = spec_.epochs = spec.epochs;
}

void Trainer::go_back(uint64_t position) {
  position = std::min(position, position_);
  const uint64_t batches = position / kPhasesPerBatch;
  const uint32_t steps = static_cast<uint32_t>((position + 1) / kPhasesPerBatch);
  recorder_.rewind(steps);
  watch_.rewind(recorder_);
  spec_.lr = recorder_.lr_at(steps + 1);
  // One batch at least is gone through again, so that its predictions and gradient are there to be
  // seen.
  const uint64_t replay_from = batches > 0 ? batches - 1 : 0;
  restore(checkpoints_.at_or_before(static_cast<uint32_t>(replay_from / batches_per_epoch_)));
  checkpoints_.rewind(static_cast<uint32_t>(batches / batches_per_epoch_));
  replaying_ = true;
  while (position_ < position) advance();
  replaying_ = false;
}

void Trainer::restore(const Checkpoint& checkpoint) {
  std::ranges::copy(checkpoint.values, model_->slabs().values().begin());
  model_->slabs().zero_grad();
  epochs_done_ = checkpoint.epoch;
  position_ = uint64_t{checkpoint.epoch} * batches_per_epoch_ * kPhasesPerBatch;
  epoch_loss_sum_ = 0;
  forget_numbers();
  fired_ = StopRule::none;
  stop_reason_.clear();
  phase_ = position_ == 0 ? Phase::initialize : Phase::repeat;
  next_ = Phase::predict;
  const auto steps = recorder_.steps();
  const uint64_t done = std::min<uint64_t>(batches_done(), steps.size());
  if (done > 0) train_loss_ = steps[static_cast<size_t>(done - 1)].loss;
  load_batch();
}

void Trainer::forget_numbers() {
  tape_.clear();
  output_ = loss_value_ = Var();
  train_loss_ = previous_loss_ = batch_accuracy_ = gradient_norm_ = update_norm_ = kUnknown;
  has_gradient_ = false;
}

void Trainer::load_batch() {
  const uint64_t epoch = batches_done() / batches_per_epoch_;
  if (loader_->epoch() != epoch) loader_->begin_epoch(epoch);
  batch_ = loader_->load(static_cast<uint32_t>(batches_done() % batches_per_epoch_));
}

// The automatic test: mean loss and accuracy over the whole validation set, exactly.
void Trainer::test(float epoch_train_loss) {
  double loss_sum = 0;
  uint64_t correct = 0;
  const NoGrad no_grad(test_tape_);
  for (uint32_t which = 0; which < test_loader_->batch_count(); ++which) {
    test_batch_ = test_loader_->load(which);
    test_tape_.clear();
    const Var output = forward(test_tape_, test_batch_);
    const Var loss = loss_->of(output, constant(test_tape_, test_batch_.targets));
    loss_sum += static_cast<double>(loss.item()) * test_batch_.size;
    correct += count_correct(*loss_, output.value().span(), test_batch_.targets);
  }
  const auto count = static_cast<double>(valid_->size());
  recorder_.record_epoch({epochs_done_, static_cast<uint32_t>(steps_done()), epoch_train_loss,
                          static_cast<float>(loss_sum / count),
                          static_cast<float>(static_cast<double>(correct) / count)});
}

// images: [n, pixels] -> outputs: [n]
Var Trainer::forward(Tape& tape, const Batch& batch) const {
  const Var x = reshape(constant(tape, batch.images), {batch.size, batch.pixels});
  return reshape(model_->forward(x), {batch.size});
}

float Trainer::loss_now() {
  const NoGrad no_grad(test_tape_);
  test_tape_.clear();
  return loss_->of(forward(test_tape_, batch_), constant(test_tape_, batch_.targets)).item();
}

void Trainer::gradient_now(std::span<float> grads) {
  const std::span<float> slab = model_->slabs().grads();
  std::ranges::copy(slab, grads.begin());
  model_->slabs().zero_grad();
  test_tape_.clear();
  loss_->of(forward(test_tape_, batch_), constant(test_tape_, batch_.targets)).backward();
  std::ranges::swap_ranges(slab, grads);
}

float Trainer::best_valid_accuracy() const {
  float best = 0;
  for (const EpochPoint& point : recorder_.epochs()) best = std::max(best, point.valid_accuracy);
  return best;
}

uint32_t Trainer::batch_in_epoch() const {
  const auto done = static_cast<uint32_t>(batches_done() % batches_per_epoch_);
  const bool at_end = done == 0 && position_ > 0 && position_ % kPhasesPerBatch == 0;
  return at_end ? batches_per_epoch_ : done;
}

bool Trainer::can_continue() const { return !finished() || position_ % kPhasesPerBatch == 0; }

}  // namespace downhill
