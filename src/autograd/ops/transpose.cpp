#include "autograd/ops.hpp"
#include "kernels/optimizers/update.hpp"

namespace downhill {

// y = xᵀ;  dx += dyᵀ.   x: [m, n]  y: [n, m]
Var transpose(Var x) {
  Tape* tape = Tape::of("transpose", {x});
  if (tape == nullptr) return {};
  const Shape shape = x.shape();
  if (shape.rank() != 2) {
    return tape->fail("transpose", "x is " + print(shape) + ": a matrix is needed");
  }
  const size_t rows = shape[0], columns = shape[1];
  return tape->record(
      "transpose", Shape{shape[1], shape[0]}, {x},
      [=](float* y) { kernels::transpose(y, x.data(), rows, columns); },
      [=](const float*, const float* dy) {
        kernels::add_transposed(x.grad_target(), dy, columns, rows);
      },
      Saved::nothing);
}

}  // namespace downhill
