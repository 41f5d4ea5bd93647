#include "autograd/loss_shapes.hpp"
#include "autograd/ops.hpp"
#include "kernels/loss.hpp"

namespace downhill {

// y = mean(|x - t|);  dx += dy/n·sign(x - t), 0 where they are equal, dt the negative of it
Var l1_loss(Var prediction, Var target) {
  Tape* tape = tape_of_loss("l1_loss", prediction, target);
  if (tape == nullptr) return {};
  const Var x = prediction;
  const size_t size = x.size();
  const float* t = target.data();
  float* terms = tape->scratch(size).data();
  return tape->record(
      "l1_loss", Shape{}, {x, target},
      [=](float* y) { *y = kernels::l1_loss_forward(terms, x.data(), t, size); },
      [=](const float*, const float* dy) {
        float* dx = x.sink();
        float* dt = target.sink();
        kernels::l1_loss_backward(dx, dt, x.data(), t, *dy, size);
      });
}

}  // namespace downhill
