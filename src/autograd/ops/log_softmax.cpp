#include "autograd/ops.hpp"
#include "autograd/rows.hpp"
#include "kernels/reductions/softmax.hpp"

namespace downhill {

// y = x - log Σ e^x along the last axis;  dx += dy - e^y·Σ dy
Var log_softmax(Var x) {
  Tape* tape = Tape::of("log_softmax", {x});
  if (tape == nullptr) return {};
  const kernels::Rows rows = rows_of(x.shape());
  return tape->record(
      "log_softmax", x.shape(), {x},
      [=](float* y) { kernels::log_softmax_forward(y, x.data(), rows); },
      [=](const float* y, const float* dy) {
        kernels::log_softmax_backward(x.grad_target(), y, dy, rows);
      });
}

}  // namespace downhill
