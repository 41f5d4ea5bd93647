#include "autograd/loss_shapes.hpp"
#include "autograd/ops.hpp"
#include "kernels/reductions/loss.hpp"

namespace downhill {

// y = mean(|x - t|);  dx += dy/n·sign(x - t), 0 where they are equal, dt the negative of it
Var l1_loss(Var prediction, Var target) {
  return record_loss("l1_loss", prediction, target, kernels::l1_loss_forward,
                     kernels::l1_loss_backward);
}

}  // namespace downhill
