#include "autograd/ops.hpp"
#include "kernels/matmul.hpp"
#include "kernels/pixels.hpp"

namespace downhill {
namespace {

using kernels::MatmulDims;

Var record_linear(Tape& tape, Var x, Var w, Var b, MatmulDims dims) {
  return tape.record(
      "linear", Shape{dims.n, dims.out}, {x, w, b},
      [=](float* y) { kernels::matmul_forward(y, x.data(), w.data(), b.data(), dims); },
      [=](const float*, const float* dy) {
        if (float* dw = w.sink()) kernels::matmul_backward_weight(dw, x.data(), dy, dims);
        if (float* db = b.sink()) kernels::matmul_backward_bias(db, dy, dims);
        if (float* dx = x.sink()) kernels::matmul_backward_input(dx, dy, w.data(), dims);
      });
}

// The same of the pixels that are not zero, straight from their bytes; nobody can want their
// gradient.
Var record_linear_of_dots(Tape& tape, Var x, Var w, Var b, MatmulDims dims) {
  struct Kept {
    kernels::Dots of_images, of_pixels;
  };
  const kernels::Pixels pixels = x.pixels()->pixels;
  Kept* const kept = tape.scratch_of<Kept>(1);
  return tape.record(
      "linear", Shape{dims.n, dims.out}, {x, w, b},
      [=, &tape](float* y) {
        const auto room = [&tape](size_t count) { return tape.scratch_of<uint32_t>(count); };
        kept->of_images = {room(dims.n), room(size_t{dims.n} * dims.in)};
        kept->of_pixels = {room(dims.in), room(size_t{dims.n} * dims.in)};
        kernels::find_dots(kept->of_images, kept->of_pixels.dots, pixels);
        kernels::dots_forward(y, w.data(), b.data(), kept->of_images, pixels, dims.out);
      },
      [=](const float*, const float* dy) {
        if (float* dw = w.sink()) {
          kernels::turn_dots(kept->of_pixels, kept->of_images, pixels);
          kernels::dots_backward_weight(dw, dy, kept->of_pixels, pixels, dims.out);
        }
        if (float* db = b.sink()) kernels::matmul_backward_bias(db, dy, dims);
      });
}

Var record_linear_of_blocks(Tape& tape, Var x, Var w, Var b, MatmulDims dims) {
  const kernels::Pixels pixels = x.pixels()->pixels;
  const size_t size = size_t{dims.n} * dims.in;
  const kernels::Blocks blocks{tape.scratch_of<uint32_t>(dims.n),
                               tape.scratch_of<uint32_t>(size / 16), tape.scratch(size).data()};
  return tape.record(
      "linear", Shape{dims.n, dims.out}, {x, w, b},
      [=](float* y) {
        kernels::find_blocks(blocks, pixels);
        kernels::blocks_forward(y, w.data(), b.data(), blocks, pixels);
      },
      [=](const float*, const float* dy) {
        if (float* dw = w.sink()) kernels::blocks_backward_weight(dw, dy, blocks, pixels);
        if (float* db = b.sink()) kernels::matmul_backward_bias(db, dy, dims);
      });
}

}  // namespace

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
  const MatmulDims dims{.n = sx[0], .in = sx[1], .out = sw[1]};
  const PixelValues* bytes = x.pixels();
  const bool rows_are_images = bytes != nullptr && bytes->pixels.size == dims.in;
  if (!rows_are_images || !kernels::skips_zeros(bytes->pixels, dims.out)) {
    return record_linear(*tape, x, w, b, dims);
  }
  return dims.out == 1 ? record_linear_of_blocks(*tape, x, w, b, dims)
                       : record_linear_of_dots(*tape, x, w, b, dims);
}

}  // namespace downhill
