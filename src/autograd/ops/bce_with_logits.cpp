#include "autograd/loss_shapes.hpp"
#include "autograd/ops.hpp"
#include "kernels/reductions/loss.hpp"

namespace downhill {

// y = mean(max(x, 0) - x·t + log(1 + e^-|x|));  dx += dy/n·(sigmoid(x) - t), dt -= dy/n·x
Var bce_with_logits(Var x, Var target) {
  return record_loss("bce_with_logits", x, target, kernels::bce_with_logits_forward,
                     kernels::bce_with_logits_backward);
}

}  // namespace downhill
