#include "train/trainer.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "data/statistics.hpp"
#include "kernels/reduce.hpp"

namespace downhill {

namespace {

constexpr float kUnknown = std::numeric_limits<float>::quiet_NaN();
constexpr uint32_t kWatchWindow = 16;           // batch losses that are averaged, see HealthWatch
constexpr size_t kMaxReservedSteps = 1u << 20;  // 20 MB; a longer run grows its record as it goes

// The last batch of an epoch may be smaller than all others.
uint32_t smallest_batch(const ExperimentSpec& spec, uint32_t images) {
  const uint32_t all = spec.subset == 0 ? images : std::min(spec.subset, images);
  const uint32_t size = std::min(spec.batch, all), rest = all % size;
  return rest == 0 || spec.drop_last ? size : rest;
}

}  // namespace

Result<void> Trainer::rebuild(const ExperimentSpec& spec, const Dataset& train,
                              const Dataset& valid) {
  if (train.size() == 0) return Error{"[trainer] the training set is empty"};
  if (valid.size() == 0) return Error{"[trainer] the validation set is empty"};
  auto task = Task::build(spec);
  if (!task) return task.error();
  const Result<void> varied =
      check_smallest_batch((*task)->model().table(), smallest_batch(spec, train.size()));
  if (!varied) {
    return Error{varied.error().message +
                 ", but the last batch of an epoch has one: drop it, or "
                 "choose another batch size"};
  }
  spec_ = spec;
  valid_ = &valid;
  task_ = std::move(*task);
  train_ = train.subset(spec.subset, spec.seed).with_label_noise(spec.label_noise, spec.seed);
  const PixelMap pixel_map =
      spec.normalize ? PixelMap::normalize(pixel_statistics(train_)) : PixelMap::to_float();
  loader_options_ = {.batch_size = spec.batch,
                     .shuffle = spec.shuffle,
                     .drop_last = spec.drop_last,
                     .seed = spec.seed,
                     .augment = spec.augment,
                     .pixel_map = pixel_map,
                     .ink = task_->ink_form()};
  loader_ = std::make_unique<Loader>(train_, loader_options_);
  evaluator_ = std::make_unique<Evaluator>(valid, pixel_map, *task_);
  batches_per_epoch_ = loader_->batch_count();
  initialize();
  return {};
}

Phase Trainer::advance() {
  for (;;) {
    if (const std::optional<Phase> done = advance_in_parts()) return *done;
  }
}

std::optional<Phase> Trainer::advance_in_parts() {
  if (finished()) go_on();
  if (tests_next() && !evaluator_->advance(*task_)) return std::nullopt;
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
      end();
      break;
  }
  return phase_;
}

// 1 Initialize: every weight gets its first value, and the automatic test says how good chance is.
void Trainer::initialize() {
  model().initialize(spec_.init, spec_.seed);
  start_run();
}

void Trainer::start_run() {
  ParameterSlabs& slabs = model().slabs();
  slabs.zero_grad();
  model().freeze(spec_.freeze);
  optimizer_.begin({.kind = spec_.optimizer, .beta2 = spec_.beta2, .eps = spec_.eps}, slabs);
  stop_.begin(spec_.stop, spec_.epochs);
  schedule_starts_.assign(1, 0);
  training_seconds_ = 0;
  recorder_.begin(std::min(size_t{spec_.epochs} * batches_per_epoch_, kMaxReservedSteps),
                  spec_.epochs, spec_.lr, live_settings(), spec_.freeze);
  watch_.begin(spec_.shuffle ? std::min(kWatchWindow, batches_per_epoch_) : batches_per_epoch_);
  checkpoints_.begin(slabs.values().size() + slabs.buffers().size() + optimizer_.state().size(),
                     spec_.epochs);
  std::ranges::copy(slabs.values(), slabs.values_before().begin());
  best_is_back_ = false;
  position_ = 0;
  epochs_done_ = 0;
  epoch_loss_sum_ = 0;
  forget_numbers();
  phase_ = Phase::initialize;
  next_ = Phase::predict;
  load_batch();
  evaluator_->run(*task_);
  record_test(kUnknown);
}

// 2 Predict: the batch goes through the model; the tape remembers how.
void Trainer::predict() {
  load_batch();
  model().freeze(recorder_.frozen_at(static_cast<uint32_t>(batches_done()) + 1));
  tape_.clear();
  output_ = task_->outputs(task_->images(tape_, batch_), pass(true));
  batch_accuracy_ = static_cast<float>(objective().count_correct(outputs(), batch_.classes)) /
                    static_cast<float>(batch_.size);
  ++position_;
  next_ = Phase::loss;
}

// 3 Loss: one number, small when the predictions are good.
void Trainer::take_loss() {
  loss_value_ = task_->loss(output_, batch_);
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
  model().slabs().replace_grads([&] { loss_value_.backward(); });
  const std::span<const float> grads = model().slabs().grads();
  gradient_norm_ = kernels::norm(grads.data(), grads.size());
  has_gradient_ = true;
  ++position_;
  next_ = Phase::step;
}

// 5 Step: downhill, as the optimizer makes a step of the gradient.
void Trainer::step() {
  const uint32_t number = static_cast<uint32_t>(batches_done()) + 1;
  const StepSettings settings = step_settings(number);
  update_norm_ = optimizer_.step_and_keep(model().slabs(), settings).update_norm;
  epoch_loss_sum_ += static_cast<double>(train_loss_);
  ++position_;
  next_ = Phase::repeat;
  if (replaying_) return;
  recorder_.record_step({number, train_loss_, gradient_norm_, settings.lr, settings.momentum});
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
    if (!replaying_) record_test(mean_loss);
  }
  if (replaying_) return;
  if (stop_.look(recorder_.epochs(), epoch_ended, training_seconds_) != StopRule::none) {
    next_ = Phase::stop;
  }
}

// 7 Stop: say why. The weights stay as they are, unless patience ran out: then those of the best
// epoch come back.
void Trainer::end() {
  if (!std::isfinite(train_loss_)) stop_.set_reason("The loss is not finite.");
  if (stop_.fired() == StopRule::patience) put_best_back();
  next_ = position_ % kPhasesPerBatch == 0 ? Phase::predict : Phase::stop;
}

bool Trainer::tests_next() const {
  return next_ == Phase::repeat && !replaying_ && (batches_done() + 1) % batches_per_epoch_ == 0;
}

// The automatic test: mean loss and accuracy over the whole validation set, exactly.
void Trainer::record_test(float epoch_train_loss) {
  const Evaluation& test = evaluator_->last();
  recorder_.record_epoch({epochs_done_, static_cast<uint32_t>(steps_done()), epoch_train_loss,
                          test.loss, test.accuracy});
  const std::span<const EpochPoint> epochs = recorder_.epochs();
  if (epochs.size() == 1 || is_better(epochs.back(), epochs[best_epoch_])) {
    best_epoch_ = epochs.size() - 1;
    save_state(best_);
  }
  if (TrainState* place = checkpoints_.place_for(epochs_done_)) save_state(*place);
}

void Trainer::put_best_back() {
  save_state(last_);
  load_state(best_);
  best_is_back_ = true;
  evaluator_->run(*task_);
}

// After a stop, the run goes on from where it was, not from the best epoch.
void Trainer::go_on() {
  if (best_is_back_) {
    load_state(last_);
    best_is_back_ = false;
    evaluator_->run(*task_);
  }
  if (stop_.fired() == StopRule::epochs) schedule_starts_.push_back(epochs_done_);
  stop_.lift(spec_.epochs);
}

void Trainer::load_batch() {
  const uint64_t epoch = batches_done() / batches_per_epoch_;
  if (loader_->epoch() != epoch) loader_->begin_epoch(epoch);
  batch_ = loader_->load(static_cast<uint32_t>(batches_done() % batches_per_epoch_));
}

// Dropout's masks depend on the seed and the batch: a probe sees those of the run.
Pass Trainer::pass(bool update_statistics) const {
  return {.training = true,
          .update_statistics = update_statistics,
          .dropout = Rng(spec_.seed).split("dropout").split(batches_done())};
}

}  // namespace downhill
