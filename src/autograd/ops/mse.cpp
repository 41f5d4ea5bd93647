#include "autograd/loss_shapes.hpp"
#include "autograd/ops.hpp"
#include "kernels/loss.hpp"

namespace downhill {

// y = mean((x - t)²);  dx += dy/n·2(x - t), dt the negative of it
Var mse(Var prediction, Var target) {
  Tape* tape = tape_of_loss("mse", prediction, target);
  if (tape == nullptr) return {};
  const Var x = prediction;
  const size_t size = x.size();
  const float* t = target.data();
  float* terms = tape->scratch(size).data();
  return tape->record(
      "mse", Shape{}, {x, target},
      [=](float* y) { *y = kernels::mse_forward(terms, x.data(), t, size); },
      [=](const float*, const float* dy) {
        float* dx = x.sink();
        float* dt = target.sink();
        kernels::mse_backward(dx, dt, x.data(), t, *dy, size);
      });
}

}  // namespace downhill
