#include "autograd/loss_shapes.hpp"
#include "autograd/ops.hpp"
#include "kernels/reductions/loss.hpp"

namespace downhill {

// y = mean((x - t)²);  dx += dy/n·2(x - t), dt the negative of it
Var mse(Var prediction, Var target) {
  return record_loss("mse", prediction, target, kernels::mse_forward, kernels::mse_backward);
}

}  // namespace downhill
