// The automatic test: every image of the validation set goes through the model once. The answer and
// the loss of each image are stored, so that the page can show where the model is wrong and how
// badly. Knows no training.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/arena.hpp"
#include "data/loader.hpp"
#include "train/task.hpp"

namespace downhill {

struct Confusion {
  uint8_t truth = 0, answer = 0;  // classes that differ
  uint32_t count = 0;
};

struct Evaluation {
  uint32_t classes = 0;
  uint32_t count = 0, correct = 0;  // images
  float loss = 0;                   // mean over all images
  float accuracy = 0;               // correct / count; NaN if there are no classes
  std::vector<uint32_t> confusion;  // [classes][classes]: rows are the truth, columns the answer
  std::vector<uint8_t> answers;     // [count], in the order of the dataset; empty without classes
  std::vector<float> losses;        // [count], each image's own

  uint32_t at(uint32_t truth, uint32_t answer) const { return confusion[truth * classes + answer]; }
  // The part of one class's images that is answered correctly; NaN if there are none.
  float class_accuracy(uint32_t truth) const;
};

// Pairs of a class and a wrong answer that occur at least `least` times, the most frequent first
// (fastai's most_confused).
std::vector<Confusion> most_confused(const Evaluation& evaluation, uint32_t least = 1);
// Indices of the images with the greatest losses, the greatest first (fastai's top_losses).
std::vector<uint32_t> top_losses(const Evaluation& evaluation, uint32_t most);

class Evaluator {
 public:
  // For models of this task's shape. Later calls allocate nothing. The dataset must outlive the
  // evaluator.
  Evaluator(const Dataset& dataset, const InputMap& map, const Task& task);

  // A whole test, with running statistics and without dropout. The result is valid until the next
  // test ends.
  const Evaluation& run(const Task& task);
  // One part of a test: images_at_a_time() images. True when it was the last part: then last() is
  // this test. The weights must stay the same until then.
  bool advance(const Task& task);
  bool under_way() const { return next_ > 0; }
  void give_up() { next_ = 0; }
  const Evaluation& last() const { return known_ ? result_ : nothing_; }
  // Drops the result of the last test.
  void forget() { known_ = false; }
  // A power of two, sized so that the activations fit the cache, 256 at most.
  uint32_t images_at_a_time() const { return images_at_a_time_; }
  uint32_t parts() const { return loader_.batch_count(); }
  // The bytes of all activations of all images.
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
  uint32_t next_ = 0;           // the next batch of the test under way; 0 between tests
  std::vector<float> outputs_;  // of the images since the last take_in(), [n · outputs()]
  std::vector<float> targets_;  // of these images, if they are numbers
  std::vector<float> room_;     // for Objective::items
  double loss_sum_ = 0;
  uint32_t taken_in_ = 0;        // images
  Evaluation result_, current_;  // of the last test; of the test under way
  bool known_ = false;           // result_ is of a test
  Evaluation nothing_;
};

}  // namespace downhill
