#include "autograd/ops.hpp"
#include "autograd/rows.hpp"
#include "kernels/norm/normalize.hpp"

namespace downhill {

// x̂ = (x - mean)/sqrt(var + eps) along the last axis, y = x̂·gamma + beta;  over the rows
// dgamma += Σ dy·x̂, dbeta += Σ dy, and with g = dy·gamma
// dx += (g - mean(g) - x̂·mean(g·x̂))/sqrt(var + eps).
Var layer_norm(Var x, Var gamma, Var beta, float eps) {
  Tape* tape = Tape::of("layer_norm", {x, gamma, beta});
  if (tape == nullptr) return {};
  const Shape sx = x.shape();
  const kernels::Rows rows = rows_of(sx);
  const Shape width{static_cast<uint32_t>(rows.width)};
  if (sx.rank() == 0 || rows.width == 0 || gamma.shape() != width || beta.shape() != width) {
    return tape->fail("layer_norm", "x is " + print(sx) + ", gamma " + print(gamma.shape()) +
                                        ", beta " + print(beta.shape()) +
                                        ": gamma and beta must be as long as x's last axis");
  }
  float* mean = tape->scratch(rows.count).data();
  float* scale = tape->scratch(rows.count).data();  // 1/sqrt(var + eps)
  return tape->record(
      "layer_norm", sx, {x, gamma, beta},
      [=](float* y) {
        kernels::row_statistics(mean, scale, x.data(), rows);
        kernels::inverse_deviation(scale, scale, eps, rows.count);
        kernels::layer_norm_forward(y, x.data(), mean, scale, gamma.data(), beta.data(), rows);
      },
      [=](const float*, const float* dy) {
        float* dgamma = gamma.grad_target();
        float* dbeta = beta.grad_target();
        kernels::layer_norm_sums(dgamma, dbeta, x.data(), mean, scale, dy, rows);
        if (float* dx = x.grad_target()) {
          kernels::layer_norm_backward(dx, x.data(), mean, scale, gamma.data(), dy, rows);
        }
      });
}

}  // namespace downhill
