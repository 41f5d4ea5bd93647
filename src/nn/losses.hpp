// A loss as the rest of the program sees it: with the number of classes it says how many outputs a
// model needs, what the outputs should be, and how they are read as an answer. A new loss is a row
// of nn/choices/losses.hpp, a case of losses.cpp, and its operation.
//
// Two classes share one output, which says yes to the first of them. More classes have one output
// each; with cross-entropy two classes do as well.
#pragma once

#include <concepts>
#include <cstdint>
#include <span>
#include <utility>

#include "autograd/dual.hpp"
#include "nn/choices.hpp"

namespace downhill {

uint32_t output_count(LossKind loss, uint32_t classes);

// What the outputs of some images, or of other items, should be: the class of each, or a number.
struct Truths {
  std::span<const uint8_t> classes;
  std::span<const float> numbers = {};

  template <class Classes>
  requires std::convertible_to<Classes&&, std::span<const uint8_t>> Truths(Classes&& of)
      : classes(std::forward<Classes>(of)) {}  // NOLINT: the usual ones
  // Numbers, if there are any.
  Truths(std::span<const uint8_t> of, std::span<const float> values)
      : classes(of), numbers(values) {}

  size_t size() const { return numbers.empty() ? classes.size() : numbers.size(); }
};

class Objective {
 public:
  // Precondition: classes >= 2. With Fault::accuracy the loss is the share of wrong answers, and
  // `loss` only says how outputs are read.
  Objective(LossKind loss, uint32_t classes, Fault fault = Fault::none);

  // For targets that are numbers: one output, no classes and no answers.
  // Precondition: fits_numbers(loss).
  static Objective of_numbers(LossKind loss);

  LossKind kind() const { return kind_; }
  uint32_t classes() const { return classes_; }  // 0: the targets are numbers
  uint32_t outputs() const { return outputs_; }
  // How many numbers say what the outputs of one image should be: its class for cross-entropy,
  // otherwise one per output, 1 for the right class and 0 for the others.
  uint32_t targets() const { return has_class_target(kind_) ? 1 : outputs_; }
  // The targets of n images, into [n · targets()].
  void write_targets(const Truths& truths, std::span<float> targets) const;

  // Whether the loss is the share of wrong answers.
  bool counts_mistakes() const { return counts_mistakes_; }
  // That share. Its gradient is 0: no answer changes when an output moves by a little.
  Var mistakes(Var outputs, std::span<const uint8_t> classes) const;
  // The mean over the batch.  outputs: [n, outputs()], target: from write_targets().
  Var of(Var outputs, Var target) const;
  // Its derivative in the direction of the outputs' tangents; on no tape if it is 0.
  Var tangent(Dual outputs, Var target) const;

  // Writes each image's own loss into [n]; returns their mean, the same number as of() or
  // mistakes(). `room`,
  // [n · room_per_image()], is scratch memory.   outputs: [n · outputs()]
  float items(std::span<const float> outputs, const Truths& truths, std::span<float> losses,
              std::span<float> room) const;
  uint32_t room_per_image() const { return 2 * outputs_ + targets(); }

  // The loss of one image.   outputs: [outputs()], here and in the next two
  float item(std::span<const float> outputs, uint8_t true_class) const;
  // How much each output says yes, into [outputs()]; LossScores says how.
  void scores(std::span<const float> outputs, std::span<float> scores) const;
  // The class that is answered: with one output the first if its score is above 0.5, with several
  // the one with the greatest output, the first of equals.
  uint8_t answer(std::span<const float> outputs) const;

  // answer() of n images, into [n].  outputs: [n · outputs()]
  void answers(std::span<const float> outputs, std::span<uint8_t> answers) const;
  // How many of n images are answered correctly.
  uint32_t count_correct(std::span<const float> outputs, std::span<const uint8_t> classes) const;

 private:
  // Calls f(image, its answer) for all.
  template <class F>
  void for_each_answer(std::span<const float> outputs, F f) const;

  Objective(LossKind loss, uint32_t classes, uint32_t outputs, bool counts_mistakes);

  LossKind kind_;
  uint32_t classes_, outputs_;
  bool counts_mistakes_;
};

}  // namespace downhill
