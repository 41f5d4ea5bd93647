// The automatic test: every image of the validation set goes through the model once, and what it
// answers is kept, image by image, so that one can see where it is wrong and how badly. Knows no
// training.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/arena.hpp"
#include "data/loader.hpp"
#include "train/task.hpp"

namespace downhill {

struct Confusion {
  uint8_t truth = 0, answer = 0;  // classes; different ones
  uint32_t count = 0;
};

struct Evaluation {
  uint32_t classes = 0;
  uint32_t count = 0, correct = 0;  // images
  float loss = 0;                   // mean over all images
  float accuracy = 0;               // correct / count
  std::vector<uint32_t> confusion;  // [classes][classes]: rows are the truth, columns the answer
  std::vector<uint8_t> answers;     // [count], in the order of the dataset
  std::vector<float> losses;        // [count], each image's own

  uint32_t at(uint32_t truth, uint32_t answer) const { return confusion[truth * classes + answer]; }
  // Of the images of one class, the part that is answered right; NaN if there is none.
  float class_accuracy(uint32_t truth) const;
};

// Pairs of classes that are taken for one another at least `least` times, the most frequent first
// (fastai's most_confused).
std::vector<Confusion> most_confused(const Evaluation& evaluation, uint32_t least = 1);
// Places in the dataset with the greatest losses, the greatest first (fastai's top_losses).
std::vector<uint32_t> top_losses(const Evaluation& evaluation, uint32_t most);

class Evaluator {
 public:
  // For models of this task's shape. The only place that allocates. The dataset must outlive the
  // evaluator.
  Evaluator(const Dataset& dataset, const PixelMap& pixel_map, const Task& task);

  // With running statistics and without dropout. Good until the end of the next one.
  const Evaluation& run(const Task& task);
  // A part of it, images_at_a_time(), so that others get their turn in between. True when that was
  // the last one: then last() is this test. The weights must stay the same until then.
  bool advance(const Task& task);
  bool under_way() const { return next_ > 0; }
  void give_up() { next_ = 0; }
  const Evaluation& last() const { return known_ ? result_ : nothing_; }
  // As if there had been none.
  void forget() { known_ = false; }
  // A power of two: as many as what they become on their way through stays near, 256 at most.
  uint32_t images_at_a_time() const { return images_at_a_time_; }
  uint32_t parts() const { return loader_.batch_count(); }
  // What all images become on their way through the model.
  uint64_t bytes() const { return bytes_; }
  uint64_t tape_allocations() const { return arena_.system_allocations(); }

 private:
  void begin();
  void take_in(const Objective& objective);
  void end();

  uint32_t images_at_a_time_;
  uint64_t bytes_;
  Loader loader_;
  Arena arena_;
  Tape tape_{arena_};
  uint32_t next_ = 0;           // batch of the test under way; 0 between tests
  std::vector<float> outputs_;  // of the images since the last take_in(), [n · outputs()]
  std::vector<float> room_;     // for Objective::items
  double loss_sum_ = 0;
  uint32_t taken_in_ = 0;        // images
  Evaluation result_, current_;  // the last one; the one under way
  bool known_ = false;           // there was one
  Evaluation nothing_;
};

}  // namespace downhill
