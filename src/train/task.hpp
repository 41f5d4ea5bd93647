// A model with its objective, and how a batch goes through both: images or rows of numbers become a
// leaf of the tape, the model gives outputs, classes or numbers become the targets of the loss. Training, tests, probes and
// finders share it. Knows no optimizer and no steps.
#pragma once

#include <cstdint>
#include <memory>

#include "autograd/tape.hpp"
#include "base/result.hpp"
#include "data/image_size.hpp"
#include "data/loader.hpp"
#include "nn/losses.hpp"
#include "nn/model.hpp"
#include "train/experiment_spec.hpp"

namespace downhill {

// How the batch with this number, counted from 0 over all epochs, goes through the model in
// training. Dropout's masks depend on the seed and the number alone, so a probe sees the run's.
// Running statistics stay: only the run itself moves them.
Pass training_pass(uint64_t seed, uint64_t batch);

class Task {
 public:
  // The model of `spec` for images of this size; its weights are all zero until it is initialized.
  static Result<std::unique_ptr<Task>> build(const ExperimentSpec& spec,
                                             ImageSize images = kMnistSize);

  Model& model() { return *model_; }
  const Model& model() const { return *model_; }
  const Objective& objective() const { return objective_; }

  // [count, rows, columns, 1], or [count, width] where the items are rows of numbers. "Images" are
  // these rows then, here and below.
  Shape shape_of_images(uint32_t count) const;
  // The images of a batch as a constant of the tape, of that shape. Their bytes must outlive the
  // tape's use of them.
  Var images(Tape& tape, const Batch& batch) const;
  // The form in which the first layer reads nonzero pixels; none if it reads all pixels.
  kernels::SparseForm sparse_form() const;
  // images -> [n] for a single output, [n, outputs] for more.
  Var outputs(Var images, const Pass& pass) const;
  // What the outputs of a batch should be.
  Truths truths(const Batch& batch) const { return {batch.classes, batch.targets}; }
  // The mean loss of those outputs.
  Var loss(Var outputs, const Batch& batch) const;
  // The derivative of that loss along pass.direction, from which backward gives the Hessian times
  // the direction; on no tape if it is 0.  Precondition: pass.training.
  Var loss_tangent(Var images, const Pass& pass, const Batch& batch) const;

 private:
  Var target(Var outputs, const Batch& batch) const;

  Task(std::unique_ptr<Model> model, const Objective& objective)
      : model_(std::move(model)), objective_(objective) {}

  std::unique_ptr<Model> model_;
  Objective objective_;
};

}  // namespace downhill
