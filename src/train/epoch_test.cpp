#include "train/epoch_test.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "train/borrowed.hpp"
#include "train/stop_rules.hpp"

namespace downhill {

void save_state(const Model& model, const Optimizer& optimizer, TrainState& out) {
  const ParameterSlabs& slabs = model.slabs();
  out.save(optimizer.steps(),
           {slabs.values(), slabs.buffers(), optimizer.state(), slabs.carried_grads()});
}

void EpochTest::begin_run(const Model& model, const Optimizer& optimizer) {
  give_up();
  evaluator_.forget();
  best_epoch_ = 0;
  save_state(model, optimizer, tested_);
  save_state(model, optimizer, best_);
}

void EpochTest::begin(const EpochPoint& point, const Model& model, const Optimizer& optimizer) {
  assert(!under_way_);
  point_ = point;
  save_state(model, optimizer, tested_);
  under_way_ = true;
}

bool EpochTest::advance(Task& task, Recorder& recorder) {
  assert(under_way_);
  {
    const ExchangedState weights_of_then(task.model().slabs(), tested_.numbers);
    if (!evaluator_.advance(task)) return false;
  }
  under_way_ = false;
  point_.valid_loss = last().loss;
  point_.valid_accuracy = last().accuracy;
  recorder.record_epoch(point_);
  const auto epochs = recorder.epochs();
  if (epochs.size() == 1 || is_better(epochs.back(), epochs[best_epoch_])) {
    best_epoch_ = epochs.size() - 1;
    std::swap(best_, tested_);
  }
  return true;
}

void EpochTest::give_up() {
  evaluator_.give_up();
  under_way_ = false;
}

void EpochTest::set_best(size_t epoch, TrainState state) {
  best_epoch_ = epoch;
  best_ = std::move(state);
}

}  // namespace downhill
