#include <algorithm>
#include <bit>

#include "autograd/ops.hpp"
#include "autograd/record.hpp"
#include "kernels/dense/matmul.hpp"
#include "kernels/sparse_images/sparse_blocks.hpp"
#include "kernels/sparse_images/sparse_pixels.hpp"

namespace downhill {
namespace {

using kernels::MatmulDims;

Var record_linear(Tape& tape, Var x, Var w, Var b, MatmulDims dims) {
  return tape.record_soon(
      "linear", Shape{dims.n, dims.out}, {x, w, b},
      [=](float* y, float* relu) {
        kernels::matmul_forward(y, x.data(), w.data(), b.data(), dims, relu);
      },
      [=](const float*, const float* dy) {
        if (float* dw = w.grad_target()) kernels::matmul_backward_weight(dw, x.data(), dy, dims);
        if (float* db = b.grad_target()) kernels::matmul_backward_bias(db, dy, dims);
        if (float* dx = x.grad_target()) kernels::matmul_backward_input(dx, dy, w.data(), dims);
      });
}

// What the bytes count beyond that of a zero: where it is 0, their values.
const float* above_zero(Tape& tape, const kernels::Pixels& pixels) {
  if (pixels.map[0] == 0.0f) return pixels.map;
  float* const above = tape.scratch(256).data();
  kernels::values_above_zero(above, pixels.map);
  return above;
}

const kernels::SparsePixels* find_sparse_pixels(Tape& tape, const kernels::Pixels& pixels) {
  const auto numbers = [&tape](size_t count) { return tape.scratch_of<uint32_t>(count); };
  const kernels::NonzeroWords words{numbers(pixels.count),
                                    numbers(size_t{pixels.count} * pixels.size / 8)};
  const size_t most = size_t{8} * kernels::find_nonzero_words(words, pixels);
  kernels::SparsePixels* const sparse = tape.scratch_of<kernels::SparsePixels>(pixels.count);
  kernels::find_sparse_pixels(sparse, numbers(most + size_t{pixels.count} * (pixels.size % 8)),
                              words, pixels);
  return sparse;
}

// The same of the pixels that are not zero, straight from their bytes; nobody can want their
// gradient.
Var record_linear_of_sparse_pixels(Tape& tape, Var x, Var w, Var b, MatmulDims dims) {
  const kernels::Pixels pixels = x.pixels()->pixels;
  const kernels::SparsePixels* sparse =
      pixels.sparse_pixels != nullptr ? pixels.sparse_pixels : find_sparse_pixels(tape, pixels);
  const kernels::PixelColumns columns{
      tape.scratch_of<uint16_t*>(dims.in),
      tape.scratch_of<uint16_t>(size_t{dims.in} * kernels::column_capacity(dims.n))};
  float* const scratch = tape.scratch(kernels::strip_scratch(dims.in)).data();
  const bool zero_counts = pixels.map[0] != 0.0f;
  float* const row = tape.scratch(dims.out).data();
  const float* const above = above_zero(tape, pixels);
  return tape.record_soon(
      "linear", Shape{dims.n, dims.out}, {x, w, b},
      [=](float* y, float* relu) {
        if (zero_counts) kernels::zeros_forward(row, w.data(), b.data(), pixels, dims.out);
        const float* start = zero_counts ? row : b.data();
        kernels::sparse_pixels_forward(y, w.data(), start, sparse, above, dims, scratch, relu);
      },
      [=](const float*, kernels::UpstreamGrad dy) {
        kernels::GradTarget dw = w.overwritable_grad_target();
        float* const db = b.grad_target();
        if (!dw || zero_counts) {
          dy.write(size_t{dims.n} * dims.out);
          dy.handed = nullptr;
        }
        if (!dw) {
          if (db != nullptr) kernels::matmul_backward_bias(db, dy.dy, dims);
          return;
        }
        if (zero_counts) {
          dw = dw.begin(w.size());
          kernels::zeros_backward_weight(dw.data, dy.dy, row, pixels, dims.out);
        }
        kernels::sparse_pixels_backward(dw, db, dy, sparse, above, dims, columns, scratch);
      });
}

const kernels::SparseBlocks* find_sparse_blocks(Tape& tape, const kernels::Pixels& pixels) {
  kernels::SparseBlocks* const sparse = tape.scratch_of<kernels::SparseBlocks>(pixels.count);
  const size_t most = size_t{pixels.count} * pixels.size / 16 + 1;
  kernels::find_sparse_blocks(sparse, tape.scratch_of<kernels::BlockRow>(most), pixels);
  return sparse;
}

// None where there is no way back.
std::span<kernels::BlockTerm> scratch_for_terms(Tape& tape, Var w,
                                                const kernels::SparseBlocks* sparse,
                                                uint32_t images) {
  if (!tape.recording() || !w.requires_grad()) return {};
  size_t rows = 0;
  for (uint32_t i = 0; i < images; ++i) rows += sparse[i].size();
  // Rounded up, so that most batches of a size ask for the same room.
  return {tape.scratch_of<kernels::BlockTerm>(std::bit_ceil(rows)), rows};
}

Var record_linear_of_sparse_blocks(Tape& tape, Var x, Var w, Var b, MatmulDims dims) {
  const kernels::Pixels pixels = x.pixels()->pixels;
  const kernels::SparseBlocks* sparse =
      pixels.sparse_blocks != nullptr ? pixels.sparse_blocks : find_sparse_blocks(tape, pixels);
  const kernels::BlockValues values = kernels::block_values(above_zero(tape, pixels));
  const bool zero_counts = pixels.map[0] != 0.0f;
  const std::span<kernels::BlockTerm> terms = scratch_for_terms(tape, w, sparse, dims.n);
  return tape.record(
      "linear", Shape{dims.n, dims.out}, {x, w, b},
      [=](float* y) {
        float start = b.data()[0];
        if (zero_counts) kernels::zeros_forward(&start, w.data(), b.data(), pixels, dims.out);
        kernels::sparse_blocks_forward(y, w.data(), start, sparse, values, dims.n, terms.data());
      },
      [=](const float*, const float* dy) {
        if (float* dw = w.grad_target()) {
          float dy_sum;
          if (zero_counts) kernels::zeros_backward_weight(dw, dy, &dy_sum, pixels, dims.out);
          kernels::sparse_blocks_backward_weight(dw, dy, terms);
        }
        if (float* db = b.grad_target()) kernels::matmul_backward_bias(db, dy, dims);
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
  switch (rows_are_images ? kernels::sparse_form(dims.in, dims.out) : kernels::SparseForm::none) {
    case kernels::SparseForm::pixels:
      return record_linear_of_sparse_pixels(*tape, x, w, b, dims);
    case kernels::SparseForm::blocks:
      return record_linear_of_sparse_blocks(*tape, x, w, b, dims);
    case kernels::SparseForm::none:
      break;
  }
  return record_linear(*tape, x, w, b, dims);
}

// A b of zeros starts the sums where they would start without it.
Var linear(Var x, Var w) {
  Tape* tape = Tape::of("linear", {x, w});
  if (tape == nullptr) return {};
  const Shape sw = w.shape();
  const std::span<float> b = tape->scratch(sw.rank() == 2 ? sw[1] : 0);
  std::ranges::fill(b, 0.0f);
  return linear(x, w, tape->constant({b.data(), {static_cast<uint32_t>(b.size())}}));
}

}  // namespace downhill
