#include "autograd/window_shapes.hpp"
#include "kernels/conv.hpp"

namespace downhill {
namespace {

// y = x ∗ W + b;  dW += patchesᵀ·dy, db += Σ dy, dx += dy·Wᵀ laid back.   x: [n, h, w, c]
// W: [kh, kw, c, out]  b: [out], or no Var for none  y: [n, oh, ow, out]
Var record_conv2d(Tape& tape, std::initializer_list<Var> inputs, Var x, Var w, Var b,
                  Conv2dOptions options) {
  const Shape sx = x.shape(), sw = w.shape();
  if (sx.rank() != 4 || sw.rank() != 4 || sx[3] != sw[2]) {
    return tape.fail("conv2d", "x is " + print(sx) + ", W is " + print(sw) +
                                   ": x must be [n, h, w, c] and W [kh, kw, c, out]");
  }
  if (sw[0] == 0 || sw[1] == 0) return tape.fail("conv2d", "the kernel must be at least 1 × 1");
  if (options.stride == 0) return tape.fail("conv2d", "the stride must be at least 1");
  if (!window_fits(sw[0], sw[1], sx[1], sx[2], options.padding)) {
    return tape.fail("conv2d", does_not_fit(sw[0], sw[1], sx[1], sx[2], options.padding));
  }
  const kernels::Conv2dDims dims{.n = sx[0],
                                 .h = sx[1],
                                 .w = sx[2],
                                 .in = sx[3],
                                 .kh = sw[0],
                                 .kw = sw[1],
                                 .out = sw[3],
                                 .stride = options.stride,
                                 .padding = options.padding};
  // Lent to the way back too, so that a backward needs no memory of its own.
  const kernels::Conv2dScratch scratch{tape.scratch(kernels::conv2d_floats(dims)).data(),
                                       tape.scratch_of<uint32_t>(kernels::conv2d_numbers(dims))};
  return tape.record(
      "conv2d", Shape{dims.n, dims.oh(), dims.ow(), dims.out}, inputs,
      [=](float* y) { kernels::conv2d_forward(y, x.data(), w.data(), b.data(), scratch, dims); },
      [=](const float*, const float* dy) {
        float *dw = w.sink(), *db = b.sink();
        if (dw) kernels::conv2d_backward_weight(dw, x.data(), dy, scratch, dims);
        if (db) kernels::conv2d_backward_bias(db, dy, dims);
        if (const kernels::Sink dx = x.fresh_sink()) {
          kernels::conv2d_backward_input(dx, dy, w.data(), scratch, dims);
        }
      });
}

}  // namespace

Var conv2d(Var x, Var w, Var b, Conv2dOptions options) {
  Tape* tape = Tape::of("conv2d", {x, w, b});
  if (tape == nullptr) return {};
  const Shape sw = w.shape(), sb = b.shape();
  if (sw.rank() == 4 && sb != Shape{sw[3]}) {
    return tape->fail("conv2d", "W is " + print(sw) + ", b is " + print(sb) + ": b must be " +
                                    print(Shape{sw[3]}));
  }
  return record_conv2d(*tape, {x, w, b}, x, w, b, options);
}

Var conv2d(Var x, Var w, Conv2dOptions options) {
  Tape* tape = Tape::of("conv2d", {x, w});
  if (tape == nullptr) return {};
  return record_conv2d(*tape, {x, w}, x, w, Var(), options);
}

}  // namespace downhill
