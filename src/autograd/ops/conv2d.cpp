#include "autograd/window_shapes.hpp"
#include "kernels/conv/conv_plan.hpp"

namespace downhill {

// z = x ∗ W + b;  dW += patchesᵀ·dz, db += Σ dz, dx += dz·Wᵀ, added to where each patch was read.
// x: [n, h, w, c]  W: [kh, kw, c, out]  b: [out], or invalid for no bias  y, z: [n, oh, ow, out].
// y = z, dz = dy; with the ReLU y = relu(z), dz = 0 where y <= 0, else dy.
static Var record_conv2d(std::initializer_list<Var> inputs, Var x, Var w, Var b,
                         Conv2dOptions options) {
  Tape* tape = Tape::of("conv2d", inputs);
  if (tape == nullptr) return {};
  const Shape sx = x.shape(), sw = w.shape(), sb = b.shape();
  if (sx.rank() != 4 || sw.rank() != 4 || sx[3] != sw[2]) {
    return tape->fail("conv2d", "x is " + print(sx) + ", W is " + print(sw) +
                                    ": x must be [n, h, w, c] and W [kh, kw, c, out]");
  }
  if (b.valid() && sb != Shape{sw[3]}) {
    return tape->fail("conv2d", "W is " + print(sw) + ", b is " + print(sb) + ": b must be " +
                                    print(Shape{sw[3]}));
  }
  if (sw[0] == 0 || sw[1] == 0) return tape->fail("conv2d", "the kernel must be at least 1 × 1");
  if (options.stride == 0) return tape->fail("conv2d", "the stride must be at least 1");
  if (!window_fits(sw[0], sw[1], sx[1], sx[2], options.padding)) {
    return tape->fail("conv2d", does_not_fit(sw[0], sw[1], sx[1], sx[2], options.padding));
  }
  if (const Shape all = padded(sx, options.padding); !all.fits()) {
    return tape->fail_too_large("conv2d", all);
  }
  const kernels::Conv2dDims dims{sx[0], sx[1], sx[2],          sx[3],          sw[0],
                                 sw[1], sw[3], options.stride, options.padding};
  const Shape sy{dims.n, dims.oh(), dims.ow(), dims.out};
  if (!sy.fits()) return tape->fail_too_large("conv2d", sy);
  const kernels::Conv2dGrads grads{.any = tape->will_run_backward(inputs),
                                   .of_input = x.requires_grad()};
  const kernels::Conv2dPlan plan(dims, x.pixels(), options.relu, grads, tape->scratch());
  const float *px = plan.reads_floats() ? x.data() : nullptr, *pw = w.data(), *pb = b.data();
  return tape->record(
      options.relu ? "conv2d+relu" : "conv2d", sy, inputs,
      [=](float* y) { plan.forward(y, px, pw, pb); },
      [=](const float* y, const float* dy) {
        float *const dw = w.grad_target(), *const db = b.grad_target();
        const kernels::GradTarget dx = x.overwritable_grad_target();  // last: x and w may be one
        plan.backward(dw, db, dx, px, pw, {dy, options.relu ? y : nullptr});
      });
}

Var conv2d(Var x, Var w, Var b, Conv2dOptions options) {
  return record_conv2d({x, w, b}, x, w, b, options);
}
Var conv2d(Var x, Var w, Conv2dOptions options) {
  return record_conv2d({x, w}, x, w, Var(), options);
}

}  // namespace downhill
