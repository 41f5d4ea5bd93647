#include <algorithm>

#include "autograd/record.hpp"
#include "autograd/window_shapes.hpp"
#include "kernels/conv/conv.hpp"
#include "kernels/sparse_images/pad_pixels.hpp"

namespace downhill {
namespace {

using kernels::Conv2dDims;

// Lent to the way back too, so that a backward needs no memory of its own.
kernels::Conv2dScratch scratch_of(Tape& tape, const Conv2dDims& dims) {
  return {tape.scratch(kernels::conv2d_floats(dims)).data(),
          tape.scratch_of<uint32_t>(kernels::conv2d_numbers(dims))};
}

// W and b as they were when y was recorded: it may be written when somebody has moved them in their
// place, as finders and probes do for a while.
struct SavedWeights {
  float *w, *b;  // b: null for none

  SavedWeights(Tape& tape, Var weight, Var bias)
      : w(tape.scratch(weight.size()).data()),
        b(bias.valid() ? tape.scratch(bias.size()).data() : nullptr) {}
  void take(Var weight, Var bias) const {
    std::copy_n(weight.data(), weight.size(), w);
    if (b != nullptr) std::copy_n(bias.data(), bias.size(), b);
  }
};

Shape shape_of_y(const Conv2dDims& dims) { return {dims.n, dims.oh(), dims.ow(), dims.out}; }

// y = x ∗ W + b;  dW += patchesᵀ·dy, db += Σ dy, dx += dy·Wᵀ laid back.   x: [n, h, w, c]
// W: [kh, kw, c, out]  b: [out], or no Var for none  y: [n, oh, ow, out]
Var record_floats(Tape& tape, std::initializer_list<Var> inputs, Var x, Var w, Var b,
                  const Conv2dDims& dims) {
  const kernels::Conv2dScratch scratch = scratch_of(tape, dims);
  const SavedWeights saved(tape, w, b);
  return tape.record_late(
      "conv2d", shape_of_y(dims), inputs, [=] { saved.take(w, b); },
      [=](float* y, bool rectified) {
        kernels::conv2d_forward(y, x.data(), saved.w, saved.b, scratch, dims, rectified);
      },
      [=](const float*, const kernels::UpstreamGrad& upstream) {
        float *const dw = w.grad_target(), *const db = b.grad_target();
        const kernels::GradTarget dx =
            x.overwritable_grad_target();  // the last one: x may be w, which is added to
        kernels::conv2d_backward_parameters(dw, db, x.data(), upstream, bool{dx}, scratch, dims);
        if (dx) kernels::conv2d_backward_input(dx, upstream.dy, saved.w, scratch, dims);
      });
}

// The same of images that are bytes, which are padded once; nobody can want their gradient.
Var record_pixels(Tape& tape, std::initializer_list<Var> inputs, const kernels::Pixels& pixels,
                  Var w, Var b, const Conv2dDims& dims) {
  const kernels::Conv2dScratch scratch = scratch_of(tape, dims);
  const SavedWeights saved(tape, w, b);
  float* const images = tape.scratch(kernels::padded_floats(dims)).data();
  kernels::Ranges seen;
  if (kernels::conv2d_skips_zeros(dims, pixels.map[0])) {
    seen.numbers = tape.scratch_of<uint32_t>(kernels::nonzero_numbers(dims));
  }
  const kernels::ConvInput x(images, seen);
  return tape.record_late(
      "conv2d", shape_of_y(dims), inputs,
      [=] {
        saved.take(w, b);
        kernels::pad_pixels(images, seen, pixels, dims);
      },
      [=](float* y, bool rectified) {
        kernels::conv2d_forward(y, x, saved.w, saved.b, scratch, dims, rectified);
      },
      [=](const float*, const kernels::UpstreamGrad& upstream) {
        kernels::conv2d_backward_parameters(w.grad_target(), b.grad_target(), x, upstream, false,
                                            scratch, dims);
      });
}

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
  const Conv2dDims dims{.n = sx[0],
                        .h = sx[1],
                        .w = sx[2],
                        .in = sx[3],
                        .kh = sw[0],
                        .kw = sw[1],
                        .out = sw[3],
                        .stride = options.stride,
                        .padding = options.padding};
  const PixelValues* const bytes = x.pixels();
  const bool of_images =
      bytes != nullptr && options.padding > 0 && bytes->pixels.size == dims.h * dims.w * dims.in;
  return of_images ? record_pixels(tape, inputs, bytes->pixels, w, b, dims)
                   : record_floats(tape, inputs, x, w, b, dims);
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
