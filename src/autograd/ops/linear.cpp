#include "autograd/ops.hpp"
#include "kernels/matmul.hpp"

namespace downhill {

// y = x·W + b;  dW += xᵀ·dy, db += Σ dy, dx += dy·Wᵀ.   x: [n, in]  W: [in, out]  b: [out]  y: [n,
// out]
Var linear(Var x, Var w, Var b) {
  Tape* tape = Tape::of("linear", {x, w, b});
  if (tape == nullptr) return {};
  const Shape sx = x.shape(), sw = w.shape(), sb = b.shape();
  if (sx.rank() != 2 || sw.rank() != 2 || sx[1] != sw[0]) {
    return tape->fail("linear", "x is " + print(sx) + ", W is " + print(sw) +
                                    ": x must be [n, in] and W [in, out]");
  }
  if (sb != Shape{sw[1]}) {
    return tape->fail("linear", "W is " + print(sw) + ", b is " + print(sb) + ": b must be " +
                                    print(Shape{sw[1]}));
  }
  const kernels::MatmulDims dims{.n = sx[0], .in = sx[1], .out = sw[1]};
  return tape->record(
      "linear", Shape{dims.n, dims.out}, {x, w, b},
      [=](float* y) { kernels::matmul_forward(y, x.data(), w.data(), b.data(), dims); },
      [=](const float*, const float* dy) {
        if (float* dw = w.sink()) kernels::matmul_backward_weight(dw, x.data(), dy, dims);
        if (float* db = b.sink()) kernels::matmul_backward_bias(db, dy, dims);
        if (float* dx = x.sink()) kernels::matmul_backward_input(dx, dy, w.data(), dims);
      });
}

}  // namespace downhill
