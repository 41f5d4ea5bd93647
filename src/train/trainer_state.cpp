// The trainer's other half: what is set while it runs, going back, and looking without touching.
#include <algorithm>
#include <limits>

#include "train/borrowed.hpp"
#include "train/trainer.hpp"

namespace downhill {

namespace {
constexpr float kUnknown = std::numeric_limits<float>::quiet_NaN();
}

// --- Settings

LiveSettings Trainer::live_settings() const {
  return {.weight_decay = spec_.weight_decay, .clip = spec_.clip};
}

// The schedule runs from its last start to the end of the run, as it is now.
Rates Trainer::planned_rates(uint32_t number) const {
  const uint64_t start = uint64_t{schedule_starts_.back()} * batches_per_epoch_;
  const uint64_t end = uint64_t{stop_.epoch_limit()} * batches_per_epoch_;
  const uint64_t done = number - 1 > start ? number - 1 - start : 0;
  return scheduled(spec_.schedule, recorder_.lr_at(number), spec_.momentum, done,
                   std::max<uint64_t>(end > start ? end - start : 0, 1));
}

// A replay does what was done.
StepSettings Trainer::step_settings(uint32_t number) const {
  const LiveSettings& live = recorder_.live_at(number);
  Rates rates = planned_rates(number);
  if (replaying_) {
    const CurvePoint& then = recorder_.steps()[number - 1];
    rates = {.lr = then.lr, .momentum = then.momentum};
  }
  return {.lr = rates.lr,
          .momentum = rates.momentum,
          .weight_decay = live.weight_decay,
          .clip = live.clip};
}

Rates Trainer::rates() const { return planned_rates(static_cast<uint32_t>(steps_done()) + 1); }

void Trainer::apply_live(const ExperimentSpec& spec) {
  const bool new_stop = spec.stop != spec_.stop, new_epochs = spec.epochs != spec_.epochs;
  spec_ = spec;
  const uint32_t next_step = static_cast<uint32_t>(steps_done()) + 1;
  recorder_.record_lr(next_step, spec.lr);
  record_live();
  if (new_stop) stop_.set_rules(spec.stop);
  if (new_epochs) stop_.set_epoch_limit(spec.epochs);
}

// What is frozen is so from the prediction on: a batch that is under way ends as it began.
void Trainer::record_live() {
  recorder_.record_live(static_cast<uint32_t>(steps_done()) + 1, live_settings());
  recorder_.record_frozen(static_cast<uint32_t>(batches_predicted()) + 1, spec_.freeze);
  if (steps_done() == batches_predicted()) model().freeze(spec_.freeze);
}

// --- Going back

void Trainer::go_back(uint64_t position) {
  position = std::min(position, position_);
  const uint64_t batches = position / kPhasesPerBatch;
  const uint32_t steps = static_cast<uint32_t>((position + 1) / kPhasesPerBatch);
  // A test under way is of a place that is undone, or it is over first.
  if (testing() && test_->point().step > batches) test_->give_up();
  finish_test();
  recorder_.rewind(static_cast<uint32_t>((position + kPhasesPerBatch - 1) / kPhasesPerBatch), steps,
                   static_cast<uint32_t>(batches));
  watch_.rewind(recorder_);
  best_is_back_ = false;
  // The best weights may be those of an epoch that is undone: then an earlier one was the best.
  if (const size_t best = best_epoch(recorder_.epochs()); best != test_->best_epoch()) {
    const EpochPoint& point = recorder_.epochs()[best];
    replay(point.epoch, uint64_t{point.step} * kPhasesPerBatch);
    TrainState state;
    save_state(state);
    test_->set_best(best, std::move(state));
  }
  // One batch at least is gone through again, so that its predictions and gradient are there to be
  // seen.
  const uint64_t replay_from = batches > 0 ? batches - 1 : 0;
  replay(replay_from / batches_per_epoch_, position);
  checkpoints_.rewind(static_cast<uint32_t>(batches / batches_per_epoch_));
  spec_.lr = recorder_.lr_at(steps + 1);
  record_live();
  while (schedule_starts_.size() > 1 && schedule_starts_.back() > epochs_done_) {
    stop_.set_epoch_limit(schedule_starts_.back());
    schedule_starts_.pop_back();
  }
}

// From the checkpoint of that epoch, or one before it, to the position. On the way the last
// automatic test is made again, so that its answers are there to be seen.
void Trainer::replay(uint64_t from_epoch, uint64_t position) {
  restore(checkpoints_.at_or_before(static_cast<uint32_t>(from_epoch)));
  const uint64_t tested_at = uint64_t{recorder_.epochs().back().step} * kPhasesPerBatch;
  replaying_ = true;
  for (;;) {
    if (position_ == tested_at) test_->look(*task_);
    if (position_ >= position) break;
    advance();
  }
  replaying_ = false;
}

void Trainer::restore(const Checkpoint& checkpoint) {
  load_state(checkpoint.state);
  model().slabs().zero_grad();
  epochs_done_ = checkpoint.epoch;
  position_ = uint64_t{checkpoint.epoch} * batches_per_epoch_ * kPhasesPerBatch;
  epoch_loss_sum_ = 0;
  forget_numbers();
  stop_.forget();
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

// --- States

void Trainer::save_state(TrainState& state) const {
  downhill::save_state(model(), optimizer_, state);
}

void Trainer::load_state(const TrainState& state) {
  const ParameterSlabs& slabs = model().slabs();
  state.load({slabs.values(), slabs.buffers(), optimizer_.state()});
  optimizer_.restore(optimizer_.state(), state.steps);
}

void Trainer::start_from(std::span<const float> values, std::span<const float> buffers,
                         TestTime first) {
  std::ranges::copy(values, model().slabs().values().begin());
  std::ranges::copy(buffers, model().slabs().buffers().begin());
  start_run(first);
}

// --- Looking

float Trainer::loss_now() {
  const NoGrad no_grad(probe_tape_);
  probe_tape_.clear();
  const Var outputs = task_->outputs(task_->images(probe_tape_, batch_), probe_pass());
  return task_->loss(outputs, batch_).item();
}

void Trainer::gradient_now(std::span<float> grads, const Pass& pass) {
  const BorrowedGradients borrowed(model().slabs(), grads);
  probe_tape_.clear();
  const Var outputs = task_->outputs(task_->images(probe_tape_, batch_), pass);
  task_->loss(outputs, batch_).backward();
}

void Trainer::change(std::span<float> change) {
  ParameterSlabs& slabs = model().slabs();
  if (next_ != Phase::step) {
    // The best weights are not those that the last step made.
    const float* after = best_is_back_ ? last_.numbers.data() : slabs.values().data();
    const float* before = slabs.values_before().data();
    for (size_t i = 0; i < change.size(); ++i) change[i] = after[i] - before[i];
    return;
  }
  // The step is made, looked at, and taken back.
  TrainState here;
  save_state(here);
  optimizer_.step(slabs, step_settings(static_cast<uint32_t>(batches_done()) + 1));
  std::ranges::copy(slabs.values(), change.begin());
  load_state(here);
  for (size_t i = 0; i < change.size(); ++i) change[i] -= slabs.values()[i];
}

Pass Trainer::probe_pass() const { return pass(false); }

const EpochPoint& Trainer::tested() const {
  static constexpr EpochPoint kNone = {0, 0, kUnknown, kUnknown, kUnknown};
  const std::span<const EpochPoint> epochs = recorder_.epochs();
  if (epochs.empty()) return kNone;
  return best_is_back_ ? epochs[test_->best_epoch()] : epochs.back();
}

float Trainer::best_valid_accuracy() const {
  if (recorder_.epochs().empty()) return kUnknown;
  float best = 0;
  for (const EpochPoint& point : recorder_.epochs()) best = std::max(best, point.valid_accuracy);
  return best;
}

uint32_t Trainer::batch_in_epoch() const {
  const auto done = static_cast<uint32_t>(batches_done() % batches_per_epoch_);
  const bool at_end = done == 0 && position_ > 0 && position_ % kPhasesPerBatch == 0;
  return at_end ? batches_per_epoch_ : done;
}

uint64_t Trainer::tape_allocations() const {
  return arena_.system_allocations() + probe_arena_.system_allocations() +
         (test_ ? test_->tape_allocations() : 0);
}

}  // namespace downhill
