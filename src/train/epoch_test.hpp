// The automatic tests of a run: of the initial weights, and of those at the end of every epoch. A
// test works on a copy of the weights and in parts, so that the run may go on meanwhile. Its
// numbers go to the recorder when it is over. The weights of the best test stay here. Knows no
// batches and no stop rules.
#pragma once

#include <cstddef>

#include "nn/optimizers.hpp"
#include "train/checkpoints.hpp"
#include "train/evaluation.hpp"
#include "train/recorder.hpp"
#include "train/task.hpp"

namespace downhill {

// Copies everything that training changes. Allocates nothing if the last state in `out` was as
// long.
void save_state(const Model& model, const Optimizer& optimizer, TrainState& out);

class EpochTest {
 public:
  // Only this and begin_run() allocate. The dataset must outlive the test.
  EpochTest(const Dataset& dataset, const InputMap& map, const Task& task)
      : evaluator_(dataset, map, task) {}

  // Forgets the previous run, and reserves memory for states of `model` and `optimizer`.
  void begin_run(const Model& model, const Optimizer& optimizer);

  // Begins a test of the current weights. `point` has the epoch, the step and the training loss.
  // Precondition: !under_way().
  void begin(const EpochPoint& point, const Model& model, const Optimizer& optimizer);
  bool under_way() const { return under_way_; }
  // The epoch, step and training loss of the test under way.
  const EpochPoint& point() const { return point_; }
  // Does the next part of the test under way, a few hundred images. True when it was the last part:
  // then last() is this test, and `recorder` has its numbers. `task` has its own weights back after
  // each part, to the bit.
  bool advance(Task& task, Recorder& recorder);
  void give_up();
  uint32_t parts() const { return evaluator_.parts(); }
  // Whether a test takes a few milliseconds at most, so that it need not come in parts.
  bool is_short() const { return evaluator_.bytes() <= kShortBytes; }

  // Tests the weights of `task` at once, for last() only. Precondition: !under_way().
  void look(const Task& task) { evaluator_.run(task); }

  // The last test that is over. Its counts are 0 before the first one is.
  const Evaluation& last() const { return evaluator_.last(); }

  // The best test: its index among the epoch points of the recorder, and its state.
  size_t best_epoch() const { return best_epoch_; }
  const TrainState& best() const { return best_; }
  void set_best(size_t epoch, TrainState state);

  uint64_t tape_allocations() const { return evaluator_.tape_allocations(); }

 private:
  static constexpr uint64_t kShortBytes = 16 << 20;  // 2000 images of a small net

  Evaluator evaluator_;
  bool under_way_ = false;
  EpochPoint point_{};
  TrainState tested_;  // the weights of the test under way
  TrainState best_;
  size_t best_epoch_ = 0;
};

}  // namespace downhill
