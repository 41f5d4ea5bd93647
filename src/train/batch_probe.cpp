#include "train/batch_probe.hpp"

#include "train/borrowed.hpp"
#include "train/trainer.hpp"

namespace downhill {

Pass BatchProbe::pass() const {
  return training_pass(trainer_.spec().seed, trainer_.batch_number());
}

float BatchProbe::loss() {
  const NoGrad no_grad(tape_);
  tape_.clear();
  const Task& task = trainer_.task();
  const Var outputs = task.outputs(task.images(tape_, trainer_.batch()), pass());
  return task.loss(outputs, trainer_.batch()).item();
}

void BatchProbe::gradient(std::span<float> grads) {
  const BorrowedGradients borrowed(trainer_.model().slabs(), grads);
  tape_.clear();
  const Task& task = trainer_.task();
  const Var outputs = task.outputs(task.images(tape_, trainer_.batch()), pass());
  task.loss(outputs, trainer_.batch()).backward();
}

}  // namespace downhill
