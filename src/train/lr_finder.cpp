#include "train/lr_finder.hpp"

#include <algorithm>

#include "train/borrowed.hpp"
#include "train/trainer.hpp"

namespace downhill {

namespace {
std::vector<float> copy_of(std::span<const float> slab) { return {slab.begin(), slab.end()}; }
}  // namespace

LrFinder::LrFinder(Trainer& trainer)
    : trainer_(trainer),
      loader_(trainer.train_set(), trainer.loader_options()),
      first_batch_(trainer.batches_done()),
      optimizer_(trainer.optimizer()),
      values_(copy_of(trainer.model().slabs().values())),
      buffers_(copy_of(trainer.model().slabs().buffers())),
      grads_(values_.size()),
      carried_(copy_of(trainer.model().slabs().carried_grads())),
      recorder_(static_cast<uint32_t>(trainer.steps_done())) {}

bool LrFinder::advance() {
  if (done_) return false;
  swap_weights();
  const float loss = train(SweepRecorder::rate(recorder_.count()));
  swap_weights();
  done_ = !recorder_.add(loss);
  return !done_;
}

void LrFinder::swap_weights() {
  ParameterSlabs& slabs = trainer_.model().slabs();
  std::ranges::swap_ranges(values_, slabs.values());
  std::ranges::swap_ranges(buffers_, slabs.buffers());
}

// Predict, loss, gradient, step. Returns the loss before the step.
float LrFinder::train(float lr) {
  const Task& task = trainer_.task();
  const ExperimentSpec& spec = trainer_.spec();
  const uint64_t number = first_batch_ + recorder_.count();
  const uint64_t epoch = number / loader_.batch_count();
  if (loader_.epoch() != epoch) loader_.begin_epoch(epoch);
  const Batch batch = loader_.load(static_cast<uint32_t>(number % loader_.batch_count()));

  const BorrowedGradients borrowed(trainer_.model().slabs(), grads_);
  tape_.clear();
  Pass pass = training_pass(spec.seed, number);
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
