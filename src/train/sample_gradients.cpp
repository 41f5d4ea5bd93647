#include "train/sample_gradients.hpp"

#include <algorithm>

#include "autograd/ops.hpp"
#include "kernels/reductions/reduce.hpp"
#include "train/borrowed.hpp"
#include "train/trainer.hpp"

namespace downhill {

namespace {

bool images_meet(const Model& model) {
  return std::ranges::any_of(model.table(), [](const LayerSummary& line) {
    return line.what == LayerKind::batch_norm || line.what == LayerKind::dropout;
  });
}

Batch one_of(const Batch& batch, uint32_t place) {
  Batch one;
  one.size = 1;
  one.pixels = batch.pixels;
  one.bytes = batch.bytes.subspan(place, 1);
  one.map = batch.map;
  one.classes = batch.classes.subspan(place, 1);
  if (!batch.targets.empty()) {
    const size_t width = batch.rows.size() / batch.size;
    one.rows = batch.rows.subspan(place * width, width);
    one.targets = batch.targets.subspan(place, 1);
  }
  return one;
}

}  // namespace

SampleGradients::SampleGradients(Trainer& trainer)
    : trainer_(trainer),
      alone_(!images_meet(trainer.model())),
      scratch_(trainer.model().slabs().grads().size()) {
  norms_.step = static_cast<uint32_t>(trainer.steps_done());
  trainer.probe().gradient(scratch_);
  norms_.of_mean = kernels::norm(scratch_.data(), scratch_.size());
}

void SampleGradients::gradient(uint32_t place, std::span<float> grads) {
  const BorrowedGradients borrowed(trainer_.model().slabs(), grads);
  tape_.clear();
  const Var loss = alone_ ? of_one(place) : of_whole(place);
  loss.backward();
}

Var SampleGradients::of_one(uint32_t place) {
  const Task& task = trainer_.task();
  const Batch one = one_of(trainer_.batch(), place);
  return task.loss(task.outputs(task.images(tape_, one), trainer_.probe().pass()), one);
}

// The batch's loss is the mean of the n images' losses. So n times its gradient with respect to the
// outputs of one image is the gradient of that image's loss. The sum of all outputs, weighted with
// it for the image and with 0 elsewhere, has the parameter gradient of that loss.
Var SampleGradients::of_whole(uint32_t place) {
  const Task& task = trainer_.task();
  const Batch& batch = trainer_.batch();
  const Var outputs = task.outputs(task.images(tape_, batch), trainer_.probe().pass());
  loss_tape_.clear();
  const Var numbers = loss_tape_.variable(outputs.shape(), outputs.value().span());
  task.loss(numbers, batch).backward();

  const size_t width = task.objective().outputs(), first = place * width;
  const std::span<const float> slopes = numbers.grad().span();
  const std::span<float> weights = tape_.scratch(outputs.size());
  std::ranges::fill(weights, 0.0f);
  for (size_t i = first; i < first + width; ++i) {
    weights[i] = slopes[i] * static_cast<float>(batch.size);
  }
  return sum(outputs * tape_.constant(Tensor{weights.data(), outputs.shape()}));
}

bool SampleGradients::advance() {
  if (done()) return false;
  gradient(static_cast<uint32_t>(norms_.norms.size()), scratch_);
  norms_.norms.push_back(kernels::norm(scratch_.data(), scratch_.size()));
  return !done();
}

bool SampleGradients::done() const { return norms_.norms.size() == trainer_.batch().size; }

}  // namespace downhill
