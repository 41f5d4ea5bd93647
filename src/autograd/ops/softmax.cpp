#include "kernels/reductions/softmax.hpp"

#include "autograd/ops.hpp"
#include "autograd/rows.hpp"

namespace downhill {

// p = e^x / Σ e^x along the last axis;  dx += p·(dp - Σ dp·p)
Var softmax(Var x) {
  Tape* tape = Tape::of("softmax", {x});
  if (tape == nullptr) return {};
  const kernels::Rows rows = rows_of(x.shape());
  return tape->record(
      "softmax", x.shape(), {x}, [=](float* p) { kernels::softmax_forward(p, x.data(), rows); },
      [=](const float* p, const float* dp) {
        kernels::softmax_backward(x.grad_target(), p, dp, rows);
      });
}

}  // namespace downhill
