#include "autograd/loss_shapes.hpp"
#include "autograd/ops.hpp"
#include "kernels/reductions/loss.hpp"

namespace downhill {

// p = sigmoid(x);  y = mean(target == 1 ? 1 - p : p);  dx += dy/n·(target == 1 ? -1 : 1)·p·(1 - p)
Var mnist_loss(Var x, Var target) {
  Tape* tape = tape_of_loss("mnist_loss", x, target);
  if (tape == nullptr) return {};
  const size_t size = x.size();
  const float* t = target.data();
  float* p = tape->scratch(size).data();
  float* terms = tape->scratch(size).data();
  return tape->record(
      "mnist_loss", Shape{}, {x, target},
      [=](float* y) { *y = kernels::mnist_loss_forward(terms, p, x.data(), t, size); },
      [=](const float*, const float* dy) {
        if (float* dx = x.grad_target()) kernels::mnist_loss_backward(dx, p, t, *dy, size);
      });
}

// y = mean(target == 1 ? 1 - p : p);  dp += dy/n·(target == 1 ? -1 : 1)
Var mnist_loss_of_probabilities(Var p, Var target) {
  Tape* tape = tape_of_loss("mnist_loss", p, target);
  if (tape == nullptr) return {};
  const size_t size = p.size();
  const float* t = target.data();
  float* terms = tape->scratch(size).data();
  return tape->record(
      "mnist_loss", Shape{}, {p, target},
      [=](float* y) {
        *y = kernels::mnist_loss_of_probabilities_forward(terms, p.data(), t, size);
      },
      [=](const float*, const float* dy) {
        if (float* dp = p.grad_target())
          kernels::mnist_loss_of_probabilities_backward(dp, t, *dy, size);
      });
}

}  // namespace downhill
