#include <bit>

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

const kernels::Dots* find_dots(Tape& tape, const kernels::Pixels& pixels) {
  const auto room = [&tape](size_t count) { return tape.scratch_of<uint32_t>(count); };
  const kernels::Words words{room(pixels.count), room(size_t{pixels.count} * pixels.size / 8)};
  const size_t most = size_t{8} * kernels::find_words(words, pixels);
  kernels::Dots* const dots = tape.scratch_of<kernels::Dots>(pixels.count);
  kernels::find_dots(dots, room(most + size_t{pixels.count} * (pixels.size % 8)), words, pixels);
  return dots;
}

// The same of the pixels that are not zero, straight from their bytes; nobody can want their
// gradient.
Var record_linear_of_dots(Tape& tape, Var x, Var w, Var b, MatmulDims dims) {
  const kernels::Pixels pixels = x.pixels()->pixels;
  const kernels::Dots* dots = pixels.dots != nullptr ? pixels.dots : find_dots(tape, pixels);
  size_t count = 0;
  for (uint32_t i = 0; i < dims.n; ++i) count += dots[i].size();
  count = std::bit_ceil(count);  // batches differ a little, and should need the same memory
  const auto room = [&](uint32_t rows) {
    return kernels::Terms{tape.scratch_of<uint32_t>(rows), tape.scratch_of<kernels::Term>(count)};
  };
  const kernels::Terms of_images = room(dims.n), of_pixels = room(dims.in);
  const bool zero_counts = pixels.map[0] != 0.0f;
  float* const row = tape.scratch(dims.out).data();
  return tape.record(
      "linear", Shape{dims.n, dims.out}, {x, w, b},
      [=](float* y) {
        kernels::terms_of_images(of_images, dots, pixels, dims.out);
        if (zero_counts) kernels::zeros_forward(row, w.data(), b.data(), pixels, dims.out);
        const float* start = zero_counts ? row : b.data();
        kernels::terms_forward(y, w.data(), start, of_images, dims.n, dims.out);
      },
      [=](const float*, const float* dy) {
        if (float* dw = w.sink()) {
          if (zero_counts) kernels::zeros_backward_weight(dw, dy, row, pixels, dims.out);
          kernels::terms_of_pixels(of_pixels, dots, pixels, dims.out);
          kernels::terms_backward_weight(dw, dy, of_pixels, dims.in, dims.out);
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
