#include "train/excursion.hpp"

#include <algorithm>
#include <span>

#include "train/borrowed.hpp"
#include "train/trainer.hpp"

namespace downhill {

namespace {
std::vector<float> copy_of(std::span<const float> slab) { return {slab.begin(), slab.end()}; }
}  // namespace

Excursion::Excursion(Trainer& trainer)
    : trainer_(trainer),
      loader_(trainer.train_set(), trainer.loader_options()),
      batch_(trainer.batches_done()),
      optimizer_(trainer.optimizer()),
      values_(copy_of(trainer.model().slabs().values())),
      buffers_(copy_of(trainer.model().slabs().buffers())),
      grads_(values_.size()),
      carried_(copy_of(trainer.model().slabs().carried_grads())) {}

float Excursion::step(float lr) {
  swap_weights();
  const float loss = train(lr);
  swap_weights();
  ++batch_;
  return loss;
}

void Excursion::swap_weights() {
  ParameterSlabs& slabs = trainer_.model().slabs();
  std::ranges::swap_ranges(values_, slabs.values());
  std::ranges::swap_ranges(buffers_, slabs.buffers());
}

// Predict, loss, gradient, step.
float Excursion::train(float lr) {
  const Task& task = trainer_.task();
  const ExperimentSpec& spec = trainer_.spec();
  const uint64_t epoch = batch_ / loader_.batch_count();
  if (loader_.epoch() != epoch) loader_.begin_epoch(epoch);
  const Batch batch = loader_.load(static_cast<uint32_t>(batch_ % loader_.batch_count()));

  const BorrowedGradients borrowed(trainer_.model().slabs(), grads_);
  tape_.clear();
  Pass pass = training_pass(spec.seed, batch_);
  pass.update_statistics = true;
  const Var outputs = task.outputs(task.images(tape_, batch), pass);
  const Var loss = task.loss(outputs, batch);
  loss.backward();
  // Without zeroing, a step reads all gradients since the start.
  const std::span<float> grads = trainer_.model().slabs().grads();
  for (size_t i = 0; i < carried_.size(); ++i) grads[i] = carried_[i] += grads[i];
  optimizer_.step(trainer_.model().slabs(), {.lr = lr,
                                             .momentum = trainer_.rates().momentum,
                                             .weight_decay = spec.weight_decay,
                                             .clip = spec.clip,
                                             .uphill = spec.fault == Fault::uphill});
  return loss.item();
}

}  // namespace downhill
