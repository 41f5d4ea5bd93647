#include "autograd/loss_shapes.hpp"
#include "autograd/ops.hpp"
#include "kernels/loss.hpp"

namespace downhill {

// y = mean(max(x, 0) - x·t + log(1 + e^-|x|));  dx += dy/n·(sigmoid(x) - t), dt -= dy/n·x
Var bce_with_logits(Var x, Var target) {
  Tape* tape = tape_of_loss("bce_with_logits", x, target);
  if (tape == nullptr) return {};
  const size_t size = x.size();
  const float* t = target.data();
  float* terms = tape->scratch(size).data();
  return tape->record(
      "bce_with_logits", Shape{}, {x, target},
      [=](float* y) { *y = kernels::bce_with_logits_forward(terms, x.data(), t, size); },
      [=](const float*, const float* dy) {
        float* dx = x.sink();
        float* dt = target.sink();
        kernels::bce_with_logits_backward(dx, dt, x.data(), t, *dy, size);
      });
}

}  // namespace downhill
