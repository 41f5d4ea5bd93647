#include "kernels/dense/matmul.hpp"

#include "autograd/ops.hpp"

namespace downhill {

// y = a·b;  da += dy·bᵀ, db += aᵀ·dy.   a: [m, k]  b: [k, n]  y: [m, n]
Var matmul(Var a, Var b) {
  Tape* tape = Tape::of("matmul", {a, b});
  if (tape == nullptr) return {};
  const Shape sa = a.shape(), sb = b.shape();
  if (sa.rank() != 2 || sb.rank() != 2 || sa[1] != sb[0]) {
    return tape->fail("matmul",
                      "a is " + print(sa) + ", b is " + print(sb) +
                          ": two matrices are needed, with as many columns in a as rows in b");
  }
  const kernels::MatmulDims dims{.n = sa[0], .in = sa[1], .out = sb[1]};
  return tape->record(
      "matmul", Shape{dims.n, dims.out}, {a, b},
      [=](float* y) { kernels::matmul_forward(y, a.data(), b.data(), nullptr, dims); },
      [=](const float*, const float* dy) {
        if (float* da = a.grad_target()) kernels::matmul_backward_input(da, dy, b.data(), dims);
        if (float* db = b.grad_target()) kernels::matmul_backward_weight(db, a.data(), dy, dims);
      });
}

}  // namespace downhill
