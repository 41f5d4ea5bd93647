#include "autograd/ops.hpp"
#include "kernels/dense/linear_plan.hpp"

namespace downhill {

// z = x·W + b;  dW += xᵀ·dz, db += Σ dz, dx += dz·Wᵀ.
// x: [n, in]  W: [in, out]  b: [out], or invalid for no bias  y, z: [n, out].
// y = z, dz = dy; with the ReLU y = relu(z), dz = 0 where y <= 0, else dy.
static Var record_linear(std::initializer_list<Var> inputs, Var x, Var w, Var b,
                         LinearOptions options) {
  Tape* tape = Tape::of("linear", inputs);
  if (tape == nullptr) return {};
  const Shape sx = x.shape(), sw = w.shape(), sb = b.shape();
  if (sx.rank() != 2 || sw.rank() != 2 || sx[1] != sw[0]) {
    return tape->fail("linear", "x is " + print(sx) + ", W is " + print(sw) +
                                    ": x must be [n, in] and W [in, out]");
  }
  if (b.valid() && sb != Shape{sw[1]}) {
    return tape->fail("linear", "W is " + print(sw) + ", b is " + print(sb) + ": b must be " +
                                    print(Shape{sw[1]}));
  }
  const kernels::MatmulDims dims{.n = sx[0], .in = sx[1], .out = sw[1]};
  const Shape sy{dims.n, dims.out};
  if (!sy.fits()) return tape->fail_too_large("linear", sy);
  const kernels::LinearPlan plan(dims, x.pixels(), options.relu, tape->will_run_backward(inputs),
                                 tape->scratch());
  const float *px = plan.reads_floats() ? x.data() : nullptr, *pw = w.data(), *pb = b.data();
  return tape->record(
      options.relu ? "linear+relu" : "linear", sy, inputs,
      [=](float* y) { plan.forward(y, px, pw, pb); },
      [=](const float* y, const float* dy) {
        const kernels::GradTarget dw = w.overwritable_grad_target();
        float *const db = b.grad_target(), *const dx = x.grad_target();
        plan.backward(dw, db, dx, px, pw, {dy, options.relu ? y : nullptr});
      });
}

Var linear(Var x, Var w, Var b, LinearOptions options) {
  return record_linear({x, w, b}, x, w, b, options);
}
Var linear(Var x, Var w, LinearOptions options) {
  return record_linear({x, w}, x, w, Var(), options);
}

}  // namespace downhill
