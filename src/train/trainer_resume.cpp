// A run as a record for a file, and going on from one.
#include <algorithm>
#include <cmath>
#include <optional>

#include "base/text.hpp"
#include "train/trainer.hpp"

namespace downhill {
namespace {

std::string number(uint64_t value) { return print(value); }
Error refuse(const std::string& what) { return Error{"[checkpoint] " + what}; }

// Whether the numbers of a record fit its model and these data. The rest of a record was checked
// when its texts were parsed.
Result<void> check(const RunRecord& record, const Dataset& train) {
  const auto task = Task::build(record.spec, train.image_size());
  if (!task) return task.error();
  const ParameterSlabs& slabs = (*task)->model().slabs();
  Optimizer optimizer;
  optimizer.begin({.kind = record.spec.optimizer, .beta2 = record.spec.beta2}, slabs);
  const size_t floats = slabs.values().size() + slabs.buffers().size() + optimizer.state().size() +
                        slabs.carried_grads().size();
  for (const Checkpoint& state : record.states) {
    if (state.state.numbers.size() == floats) continue;
    return refuse("the state of epoch " + number(state.epoch) + " has " +
                  number(state.state.numbers.size()) + " numbers where this model has " +
                  number(floats));
  }
  const Dataset used = train.subset(record.spec.subset, record.spec.seed);
  const Loader loader(used, {.batch_size = record.spec.batch, .drop_last = record.spec.drop_last});
  const uint64_t per_epoch = loader.batch_count();
  const RunPlace place{record.position};
  const uint64_t batches = place.batches(), steps = place.steps();
  if (record.history.steps.size() != steps) {
    return refuse(number(record.history.steps.size()) + " steps are recorded where " +
                  number(steps) + " were done");
  }
  if (record.history.epochs.size() != batches / per_epoch + 1) {
    return refuse(number(record.history.epochs.size()) + " tests are recorded where " +
                  number(batches / per_epoch + 1) + " were done");
  }
  for (const Checkpoint& state : record.states) {
    if (state.state.steps == state.epoch * per_epoch) continue;
    return refuse("the state of epoch " + number(state.epoch) + " is of " +
                  number(state.state.steps) + " steps where " + number(state.epoch * per_epoch) +
                  " make that many epochs");
  }
  const auto too_late = [&](uint64_t epoch) { return epoch > batches / per_epoch; };
  if (too_late(record.states.back().epoch) || too_late(record.schedule_starts.back())) {
    return refuse("it has an epoch that was not done yet");
  }
  const uint32_t best = record.history.epochs[best_epoch(record.history.epochs)].epoch;
  const auto is_best = [best](const Checkpoint& state) { return state.epoch == best; };
  if (std::ranges::none_of(record.states, is_best)) {
    return refuse("the state of its best epoch, " + number(best) + ", is missing");
  }
  return {};
}

bool all_finite(const TrainState& state) {
  return std::ranges::all_of(state.numbers, [](float x) { return std::isfinite(x); });
}

}  // namespace

RunRecord Trainer::record() {
  finish_test();
  RunRecord record;
  record.spec = spec_;
  record.position = place_.phases;
  record.finished = finished();
  record.training_seconds = training_seconds_;
  record.rules = stop_.rules();
  record.epoch_limit = stop_.epoch_limit();
  record.schedule_starts = schedule_starts_;
  record.history = recorder_.history();
  record.states.push_back(checkpoints_.at_or_before(0));
  const uint32_t best = recorder_.epochs()[test_->best_epoch()].epoch;
  if (best != 0) record.states.push_back({best, test_->best()});
  // A run can diverge in the last batch of an epoch. Its state is then of no use, and the steps
  // since the best epoch are computed again.
  const Checkpoint& last = checkpoints_.last();
  if (last.epoch > best && all_finite(last.state)) record.states.push_back(last);
  return record;
}

Result<void> Trainer::resume(const RunRecord& record, const Dataset& train, const Dataset& valid) {
  if (Result<void> fits = check(record, train); !fits) return fits;
  std::optional<RunRecord> here;
  if (task_) here = this->record();
  const Dataset* const all_train = all_train_;
  const Dataset* const all_valid = valid_;
  Result<void> taken = take_over(record, train, valid);
  if (!taken && here) (void)take_over(*here, *all_train, *all_valid);
  return taken;
}

Result<void> Trainer::take_over(const RunRecord& record, const Dataset& train,
                                const Dataset& valid) {
  if (Result<void> built = rebuild(record.spec, train, valid); !built) return built;
  RunHistory history = record.history;
  for (EpochPoint& point : history.epochs) point.step = point.epoch * batches_per_epoch_;
  recorder_.resume(std::move(history));
  checkpoints_.begin(record.states.front().state.numbers.size(), spec_.epochs);
  const size_t best = best_epoch(recorder_.epochs());
  for (const Checkpoint& state : record.states) {
    if (TrainState* place = checkpoints_.place_for(state.epoch)) *place = state.state;
    if (state.epoch == recorder_.epochs()[best].epoch) test_->set_best(best, state.state);
  }
  stop_.begin(record.rules, record.epoch_limit);
  schedule_starts_ = record.schedule_starts;
  training_seconds_ = record.training_seconds;
  place_.phases = record.position;
  if (!compute_again(record.position)) {
    return refuse("its steps cannot be computed again: after step " + number(steps_done()) +
                  " its numbers are not finite, and " + number(record.history.steps.size()) +
                  " steps are recorded");
  }
  apply_live(record.spec);  // what was set since the last step
  if (!record.finished) return {};
  if (!place_.between_batches() && next_ != Phase::stop) {
    return refuse("it is finished, but in the middle of a batch");
  }
  stop_.look(recorder_.epochs(), batches_done() % batches_per_epoch_ == 0, training_seconds_);
  phase_ = Phase::stop;
  end();
  return {};
}

}  // namespace downhill
