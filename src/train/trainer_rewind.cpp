// What is set while a run is under way, going back, and the states that a run can be put into.
#include <algorithm>

#include "train/borrowed.hpp"
#include "train/trainer.hpp"

namespace downhill {

// --- Settings

LiveSettings Trainer::live_settings() const {
  return {.weight_decay = spec_.weight_decay, .clip = spec_.clip};
}

// A replay uses the rates that were used.
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
          .clip = live.clip,
          .uphill = spec_.fault == Fault::uphill};
}

void Trainer::apply_live(const ExperimentSpec& spec) {
  const bool new_stop = spec.stop != spec_.stop, new_epochs = spec.epochs != spec_.epochs;
  spec_ = spec;
  recorder_.record_lr(next_step(), spec.lr);
  record_live();
  if (new_stop) stop_.set_rules(spec.stop);
  if (new_epochs) stop_.set_epoch_limit(spec.epochs);
}

// Freezing takes effect at the next predict: a batch that is under way ends as it began.
void Trainer::record_live() {
  recorder_.record_live(next_step(), live_settings());
  recorder_.record_frozen(static_cast<uint32_t>(place_.predictions()) + 1, spec_.freeze);
  if (place_.steps() == place_.predictions()) model().freeze(spec_.freeze);
}

// --- Going back

void Trainer::go_back(uint64_t position) { compute_again(position); }

bool Trainer::compute_again(uint64_t position) {
  const RunPlace place{std::min(position, place_.phases)};
  const uint64_t batches = place.batches();
  const auto steps = static_cast<uint32_t>(place.steps());
  // A test under way is given up if its weights are undone, and finished otherwise.
  if (testing() && test_->point().step > batches) test_->give_up();
  finish_test();
  recorder_.rewind(static_cast<uint32_t>(place.predictions()), steps,
                   static_cast<uint32_t>(batches));
  watch_.rewind(recorder_);
  best_is_back_ = false;
  // If the best epoch is undone, the best of those that are left is computed again.
  if (const size_t best = best_epoch(recorder_.epochs()); best != test_->best_epoch()) {
    const EpochPoint& point = recorder_.epochs()[best];
    if (!replay(point.epoch, RunPlace::after_batches(point.step))) return false;
    TrainState state;
    save_state(state);
    test_->set_best(best, std::move(state));
  }
  // At least one batch is computed again, so that its predictions and gradient can be seen.
  const uint64_t replay_from = batches > 0 ? batches - 1 : 0;
  if (!replay(replay_from / batches_per_epoch_, place)) return false;
  checkpoints_.rewind(static_cast<uint32_t>(batches / batches_per_epoch_));
  spec_.lr = recorder_.lr_at(steps + 1);
  record_live();
  while (schedule_starts_.size() > 1 && schedule_starts_.back() > epochs_done_) {
    stop_.set_epoch_limit(schedule_starts_.back());
    schedule_starts_.pop_back();
  }
  return true;
}

// Goes forward from the checkpoint of that epoch, or an earlier one. On the way the last automatic
// test is made again, so that its answers can be seen. False if the loss or a weight stops
// being finite before that place: the states and the steps are not of one run.
bool Trainer::replay(uint64_t from_epoch, RunPlace to) {
  restore(checkpoints_.at_or_before(static_cast<uint32_t>(from_epoch)));
  const RunPlace tested = RunPlace::after_batches(recorder_.epochs().back().step);
  replaying_ = true;
  for (;;) {
    if (place_.phases == tested.phases) test_->look(*task_);
    if (place_.phases >= to.phases || next_ == Phase::stop) break;
    if (advance() == Phase::repeat && progress_) progress_();
  }
  replaying_ = false;
  return place_.phases >= to.phases;
}

void Trainer::restore(const Checkpoint& checkpoint) {
  model().slabs().zero_grad();
  load_state(checkpoint.state);
  epochs_done_ = checkpoint.epoch;
  place_ = RunPlace::after_batches(uint64_t{checkpoint.epoch} * batches_per_epoch_);
  epoch_loss_sum_ = 0;
  forget_batch();
  stop_.forget();
  phase_ = place_.phases == 0 ? Phase::initialize : Phase::repeat;
  next_ = Phase::predict;
  const auto steps = recorder_.steps();
  const uint64_t done = std::min<uint64_t>(batches_done(), steps.size());
  if (done > 0) numbers_.train_loss = steps[static_cast<size_t>(done - 1)].loss;
  load_batch();
}

void Trainer::forget_batch() {
  tape_.clear();
  output_ = loss_ = Var();
  numbers_ = {};
  has_gradient_ = false;
}

// --- States

void Trainer::save_state(TrainState& state) const {
  downhill::save_state(model(), optimizer_, state);
}

void Trainer::load_state(const TrainState& state) {
  const ParameterSlabs& slabs = model().slabs();
  state.load({slabs.values(), slabs.buffers(), optimizer_.state(), slabs.carried_grads()});
  optimizer_.restore(optimizer_.state(), state.steps);
}

void Trainer::start_from(std::span<const float> values, std::span<const float> buffers,
                         TestTime first) {
  std::ranges::copy(values, model().slabs().values().begin());
  std::ranges::copy(buffers, model().slabs().buffers().begin());
  start_run(first);
}

void Trainer::change(std::span<float> change) {
  ParameterSlabs& slabs = model().slabs();
  if (next_ != Phase::step) {
    // While the best weights are put back, the last step's weights are in last_.
    const float* after = best_is_back_ ? last_.numbers.data() : slabs.values().data();
    const float* before = slabs.values_before().data();
    for (size_t i = 0; i < change.size(); ++i) change[i] = after[i] - before[i];
    return;
  }
  try_step(step_settings(static_cast<uint32_t>(batches_done()) + 1), change);
}

void Trainer::direction(std::span<const float> gradient, std::span<float> direction) {
  ParameterSlabs& slabs = model().slabs();
  std::vector<float> place(gradient.size()), next(gradient.begin(), gradient.end());
  // What a step would read: gradients that are not cleared count, too, and after phase 4 they are
  // complete.
  const std::span<const float> carried = slabs.carried_grads();
  for (size_t i = 0; i < carried.size(); ++i) {
    next[i] = carried[i] + (next_ == Phase::step ? 0.0f : gradient[i]);
  }
  const BorrowedGradients borrowed(slabs, place);
  std::ranges::copy(next, slabs.grads().begin());
  for (Parameter& parameter : slabs.all()) parameter.has_grad = true;
  StepSettings settings = step_settings(static_cast<uint32_t>(batches_done()) + 1);
  settings.lr = 1;
  try_step(settings, direction);
}

// Makes a step and takes it back.
void Trainer::try_step(const StepSettings& settings, std::span<float> change) {
  ParameterSlabs& slabs = model().slabs();
  TrainState here;
  save_state(here);
  optimizer_.step(slabs, settings);
  std::ranges::copy(slabs.values(), change.begin());
  load_state(here);
  for (size_t i = 0; i < change.size(); ++i) change[i] -= slabs.values()[i];
}

uint64_t Trainer::tape_allocations() const {
  return arena_.system_allocations() + probe_.tape_allocations() +
         (test_ ? test_->tape_allocations() : 0);
}

}  // namespace downhill
