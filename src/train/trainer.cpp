#include "train/trainer.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "data/statistics.hpp"
#include "kernels/reductions/reduce.hpp"
#include "train/fault_signs.hpp"

namespace downhill {

namespace {

constexpr uint32_t kWatchWindow = 16;           // batch losses that are averaged, see HealthWatch
constexpr size_t kMaxReservedSteps = 1u << 20;  // 20 MB; a longer run grows its record as it goes

// The last batch of an epoch may be smaller than the others.
uint32_t smallest_batch(const ExperimentSpec& spec, uint32_t images) {
  const uint32_t all = spec.subset == 0 ? images : std::min(spec.subset, images);
  const uint32_t size = std::min(spec.batch, all), rest = all % size;
  return rest == 0 || spec.drop_last ? size : rest;
}

InputMap input_map(const ExperimentSpec& spec, const Dataset& train,
                   const PixelStatistics& pixels) {
  if (!spec.normalize) return {};
  if (train.width() > 0) return InputMap(row_statistics(train));
  return PixelMap::normalize(pixels);
}

}  // namespace

Result<void> Trainer::rebuild(const ExperimentSpec& spec, const Dataset& train,
                              const Dataset& valid, TestTime first) {
  if (train.size() == 0) return Error{"[trainer] the training set is empty"};
  if (valid.size() == 0) return Error{"[trainer] the validation set is empty"};
  const uint32_t width = kData[spec.data].features;
  if (train.width() != width || valid.width() != width) {
    return Error{"[trainer] the data are not those that the experiment learns from"};
  }
  auto task = Task::build(spec, train.image_size());
  if (!task) return task.error();
  const Result<void> large_enough =
      check_smallest_batch((*task)->model().table(), smallest_batch(spec, train.size()));
  if (!large_enough) {
    return Error{large_enough.error().message +
                 ", but the last batch of an epoch has one: drop it, or "
                 "choose another batch size"};
  }
  spec_ = spec;
  all_train_ = &train;
  valid_ = &valid;
  task_ = std::move(*task);
  train_ = train.subset(spec.subset, spec.seed).with_label_noise(spec.label_noise, spec.seed);
  pixels_ = spec.normalize && width == 0 ? pixel_statistics(train_) : PixelStatistics{};
  const InputMap map = input_map(spec, train_, pixels_);
  loader_options_ = {.batch_size = spec.batch,
                     .shuffle = spec.shuffle,
                     .drop_last = spec.drop_last,
                     .seed = spec.seed,
                     .augment = spec.augment,
                     .pixel_map = map.pixels,
                     .row_map = map.rows,
                     .sparse = task_->sparse_form()};
  loader_ = std::make_unique<Loader>(train_, loader_options_);
  test_ = std::make_unique<EpochTest>(valid, map, *task_);
  batches_per_epoch_ = loader_->batch_count();
  // 1 Initialize: every weight gets its first value. The automatic test measures how good chance
  // is.
  model().initialize(spec_.init, spec_.seed);
  start_run(first);
  return {};
}

Phase Trainer::advance() {
  for (;;) {
    if (const std::optional<Phase> done = advance_in_parts()) return *done;
  }
}

std::optional<Phase> Trainer::advance_in_parts(TestTime test) {
  if (finished()) go_on();
  if (!replaying_ && !tested_in_time(test)) return std::nullopt;
  phase_ = next_;
  ++phases_done_;
  switch (phase_) {
    case Phase::initialize:  // rebuild() has done it
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

// Does the part of an automatic test that is due before the next phase. False if the phase must
// wait for more of it.
bool Trainer::tested_in_time(TestTime test) {
  if (epoch_ends_next()) {
    if (testing_beside() && !test_part()) return false;  // of the epoch before this one
    if (!testing()) begin_test();
    return (test == TestTime::beside && !waits_for_test()) || test_part();
  }
  if (next_ != Phase::predict) return true;
  // As many parts before each batch as end the test within a quarter of the epoch.
  constexpr uint32_t kQuarter = 4;
  const uint32_t parts = (kQuarter * test_->parts() + batches_per_epoch_ - 1) / batches_per_epoch_;
  for (uint32_t i = 0; i < parts && testing(); ++i) test_part();
  return true;
}

void Trainer::start_run(TestTime first) {
  ParameterSlabs& slabs = model().slabs();
  slabs.zero_grad();
  model().freeze(spec_.freeze);
  optimizer_.begin({.kind = spec_.optimizer, .beta2 = spec_.beta2, .eps = spec_.eps}, slabs);
  stop_.begin(spec_.stop, spec_.epochs);
  schedule_starts_.assign(1, 0);
  training_seconds_ = 0;
  recorder_.begin(std::min(size_t{spec_.epochs} * batches_per_epoch_, kMaxReservedSteps),
                  spec_.epochs, spec_.lr, live_settings(), spec_.freeze);
  watch_.begin(spec_.shuffle ? std::min(kWatchWindow, batches_per_epoch_) : batches_per_epoch_,
               kFaults[spec_.fault].cause, objective().classes() > 0);
  checkpoints_.begin(slabs.values().size() + slabs.buffers().size() + optimizer_.state().size() +
                         slabs.carried_grads().size(),
                     spec_.epochs);
  std::ranges::copy(slabs.values(), slabs.values_before().begin());
  test_->begin_run(model(), optimizer_);
  best_is_back_ = false;
  place_ = {};
  epochs_done_ = 0;
  epoch_loss_sum_ = 0;
  forget_batch();
  phase_ = Phase::initialize;
  next_ = Phase::predict;
  load_batch();
  test_->begin({0, 0, kUnknown, kUnknown, kUnknown}, model(), optimizer_);
  if (first == TestTime::at_once || test_->is_short()) finish_test();
  save_checkpoint();
}

// 2 Predict: the batch goes through the model, and the tape records it.
void Trainer::predict() {
  load_batch();
  model().freeze(recorder_.frozen_at(static_cast<uint32_t>(batches_done()) + 1));
  tape_.clear();
  Pass pass = training_pass(spec_.seed, batch_number_);
  pass.update_statistics = true;
  output_ = task_->outputs(task_->images(tape_, batch_), pass);
  if (objective().classes() > 0) {
    numbers_.accuracy = static_cast<float>(objective().count_correct(outputs(), batch_.classes)) /
                        static_cast<float>(batch_.size);
  }
  ++place_.phases;
  next_ = Phase::loss;
}

// 3 Loss: one number, small when the predictions are good.
void Trainer::take_loss() {
  loss_ = task_->loss(output_, batch_);
  numbers_.previous_loss = numbers_.train_loss;
  numbers_.train_loss = loss_.item();
  ++place_.phases;
  next_ = Phase::gradient;
  if (!std::isfinite(numbers_.train_loss)) {
    watch_.not_finite(recorder_, numbers_.train_loss, spec_.lr);
    next_ = Phase::stop;
  }
}

// 4 Gradient: how the loss changes with every weight. The previous gradients are discarded here,
// not right after the step, so that they can be seen in between.
void Trainer::gradient() {
  model().slabs().replace_grads([&] { loss_.backward(); });
  const std::span<const float> grads = model().slabs().grads();
  numbers_.gradient_norm = kernels::norm(grads.data(), grads.size());
  has_gradient_ = true;
  ++place_.phases;
  next_ = Phase::step;
}

// 5 Step: downhill, by the rule of the optimizer.
void Trainer::step() {
  const uint32_t number = next_step();
  const StepSettings settings = step_settings(number);
  numbers_.update_norm = optimizer_.step_to_new_slab(model().slabs(), settings).update_norm;
  epoch_loss_sum_ += static_cast<double>(numbers_.train_loss);
  ++place_.phases;
  next_ = Phase::repeat;
  if (!replaying_) {
    recorder_.record_step(
        {number, numbers_.train_loss, numbers_.gradient_norm, settings.lr, settings.momentum});
    watch();
  }
  if (!std::isfinite(numbers_.update_norm)) look_at_weights(settings.lr);
}

// Notices trouble. A fault that was switched on is named as soon as it shows.
void Trainer::watch() {
  if (watch_.trouble().health == Health::fine) {
    std::string sign = sign_of_fault(spec_, recorder_.steps(), watch_.window());
    if (!sign.empty()) watch_.faulty(recorder_, std::move(sign));
  }
  watch_.look(recorder_);
}

// Stops if a weight is not finite. The loss does not always show it: a first layer leaves out
// pixels that are zero, where PyTorch would make 0·∞ = NaN of them.
void Trainer::look_at_weights(float lr) {
  for (const Parameter& parameter : model().slabs().all()) {
    const std::span<const float> now = parameter.value.span();
    if (kernels::all_finite(now.data(), now.size())) continue;
    const float* const before =
        model().slabs().values_before().data() + (now.data() - model().slabs().values().data());
    const bool found = !kernels::all_finite(before, now.size());
    watch_.weight_not_finite(recorder_, parameter.name, found, lr);
    next_ = Phase::stop;
    return;
  }
}

// 6 Repeat: the next batch. At the end of an epoch its automatic test has begun or is over.
void Trainer::repeat() {
  ++place_.phases;
  next_ = Phase::predict;
  const bool epoch_ended = batches_done() % batches_per_epoch_ == 0;
  if (epoch_ended) {
    ++epochs_done_;
    epoch_loss_sum_ = 0;
    if (!replaying_) save_checkpoint();
  }
  if (replaying_) return;
  const bool tested = epoch_ended && !testing();
  if (stop_.look(recorder_.epochs(), tested, training_seconds_) != StopRule::none) {
    next_ = Phase::stop;
  }
}

// 7 Stop: say why. The weights stay as they are, unless patience ran out: then the weights of the
// best epoch are put back.
void Trainer::end() {
  const std::span<const float> weights = model().slabs().values();
  if (!std::isfinite(numbers_.train_loss)) {
    stop_.set_reason("The loss is not finite.");
  } else if (!kernels::all_finite(weights.data(), weights.size())) {
    stop_.set_reason("A weight is not finite.");
  }
  if (stop_.fired() == StopRule::patience) put_best_back();
  next_ = place_.between_batches() ? Phase::predict : Phase::stop;
}

bool Trainer::epoch_ends_next() const {
  return next_ == Phase::repeat && (batches_done() + 1) % batches_per_epoch_ == 0;
}

// Whether the run must not go on before this epoch's test is over: the run may end with the epoch,
// or the test is short.
bool Trainer::waits_for_test() const {
  const StopSpec& rules = stop_.rules();
  return epochs_done_ + 1 >= stop_.epoch_limit() || rules.patience > 0 ||
         rules.target_accuracy > 0 || test_->is_short();
}

// The automatic test: mean loss and accuracy over the whole validation set, exactly.
void Trainer::begin_test() {
  const float mean_loss = static_cast<float>(epoch_loss_sum_ / batches_per_epoch_);
  test_->begin(
      {epochs_done_ + 1, static_cast<uint32_t>(steps_done()), mean_loss, kUnknown, kUnknown},
      model(), optimizer_);
}

void Trainer::finish_test() {
  while (testing_beside() && !test_part()) {
    if (progress_) progress_();
  }
}

void Trainer::save_checkpoint() {
  if (TrainState* place = checkpoints_.place_for(epochs_done_)) save_state(*place);
}

void Trainer::put_best_back() {
  save_state(last_);
  load_state(test_->best());
  best_is_back_ = true;
  test_->look(*task_);
}

// After a stop, the run goes on from where it was, not from the best epoch.
void Trainer::go_on() {
  if (best_is_back_) {
    load_state(last_);
    best_is_back_ = false;
    test_->look(*task_);
  }
  if (stop_.fired() == StopRule::epochs) schedule_starts_.push_back(epochs_done_);
  stop_.lift(spec_.epochs);
}

void Trainer::load_batch() {
  batch_number_ = batches_done();
  const uint64_t epoch = batch_number_ / batches_per_epoch_;
  if (loader_->epoch() != epoch) loader_->begin_epoch(epoch);
  batch_ = loader_->load(static_cast<uint32_t>(batch_number_ % batches_per_epoch_));
}

}  // namespace downhill
