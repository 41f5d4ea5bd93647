// The automatic tests of a run: one of the first weights, one at the end of every epoch. A test is
// of weights that are kept for it, so that the run may go on meanwhile and the test come in parts;
// its numbers go to the recorder when it is over, and the weights of the best one stay here. Knows
// no batches and no rules.
#pragma once

#include <cstddef>

#include "nn/optimizers.hpp"
#include "train/checkpoints.hpp"
#include "train/evaluation.hpp"
#include "train/recorder.hpp"
#include "train/task.hpp"

namespace downhill {

// Everything that training changes. `out` takes no memory if its last state was as long.
void save_state(const Model& model, const Optimizer& optimizer, TrainState& out);

class EpochTest {
 public:
  // The only place that allocates, begin_run() aside. The dataset must outlive the test.
  EpochTest(const Dataset& dataset, const PixelMap& pixel_map, const Task& task)
      : evaluator_(dataset, pixel_map, task) {}

  // Forgets the run before. Makes room for states like the one of `model` and `optimizer`.
  void begin_run(const Model& model, const Optimizer& optimizer);

  // Begins a test of the weights as they are now. `point` has its place and the training loss.
  // Precondition: !under_way().
  void begin(const EpochPoint& point, const Model& model, const Optimizer& optimizer);
  bool under_way() const { return under_way_; }
  // Where the test under way belongs.
  const EpochPoint& point() const { return point_; }
  // The next part of the test under way, so many images that others get their turn in between.
  // True when that was the last one: then last() is this test, and `recorder` has its numbers. The
  // weights of `task` are its own again afterwards, to the bit.
  bool advance(Task& task, Recorder& recorder);
  void give_up();
  uint32_t parts() const { return evaluator_.parts(); }
  // Over before anybody could have waited: a few milliseconds.
  bool is_short() const { return evaluator_.bytes() <= kShortBytes; }

  // Tests the weights of `task` at once, for last() alone. Precondition: !under_way().
  void look(const Task& task) { evaluator_.run(task); }

  // Of the test that was over last; counts of 0 before there was any.
  const Evaluation& last() const { return evaluator_.last(); }

  // Its place among the epoch points of the recorder, and the state of then.
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
