// What a loss is to the rest of the program: a loss and the classes that are to be told apart say
// how many outputs a model needs, what the outputs should be, and how they are read as an answer.
// One table of losses in the source; a new loss is one row of it, its name in choices.hpp, and its
// op.
//
// Two classes have one output, which says yes to the first of them; more classes have one each, and
// so has cross-entropy always.
#pragma once

#include <cstdint>
#include <span>

#include "autograd/var.hpp"
#include "nn/choices.hpp"

namespace downhill {

uint32_t output_count(LossKind loss, uint32_t classes);

class Objective {
 public:
  // Precondition: classes >= 2.
  Objective(LossKind loss, uint32_t classes);

  LossKind kind() const { return kind_; }
  uint32_t classes() const { return classes_; }
  uint32_t outputs() const { return outputs_; }
  // Numbers that say what the outputs of one image should be: its class for cross-entropy,
  // otherwise as many as outputs, 1 for what is so and 0 for what is not.
  uint32_t targets() const { return kind_ == LossKind::crossentropy ? 1 : outputs_; }
  // The targets of images of these classes, into [n · targets()].
  void write_targets(std::span<const uint8_t> classes, std::span<float> targets) const;

  // The mean over the batch.  outputs: [n, outputs()], target: from write_targets().
  Var of(Var outputs, Var target) const;

  // Each image's own part of the loss, into [n]; gives their mean, the same number as of(). `room`,
  // [n · room_per_image()], is lent.   outputs: [n · outputs()]
  float items(std::span<const float> outputs, std::span<const uint8_t> classes,
              std::span<float> losses, std::span<float> room) const;
  uint32_t room_per_image() const { return 2 * outputs_ + targets(); }

  // One image, whose outputs are [outputs()].
  // Its own part of the loss.
  float item(std::span<const float> outputs, uint8_t true_class) const;
  // How much each output says yes, into [outputs()]: sigmoid for mnist and bce, softmax for
  // cross-entropy; mse and l1 read the output itself, as regression on 0 and 1 does.
  void scores(std::span<const float> outputs, std::span<float> scores) const;
  // The class it answers: of one output the first if its score is above 0.5, of several the one
  // with the greatest output, the first of equals.
  uint8_t answer(std::span<const float> outputs) const;

  // answer() of n images, into [n].  outputs: [n · outputs()]
  void answers(std::span<const float> outputs, std::span<uint8_t> answers) const;
  // How many of n images are answered right.
  uint32_t count_correct(std::span<const float> outputs, std::span<const uint8_t> classes) const;

 private:
  // Calls f(image, its answer) for all.
  template <class F>
  void for_each_answer(std::span<const float> outputs, F f) const;

  LossKind kind_;
  uint32_t classes_, outputs_;
};

}  // namespace downhill
