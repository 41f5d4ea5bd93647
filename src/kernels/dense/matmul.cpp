#include "kernels/dense/matmul.hpp"

#include <algorithm>

#include "kernels/dense/tiles.hpp"
#include "kernels/elementwise/unary.hpp"
#include "kernels/optimizers/update.hpp"
#include "kernels/reductions/reduce.hpp"

namespace downhill::kernels {
namespace {

using simd::f32x4;

// dw += Σᵢ x[i]·dy[i] for a single output. Eight vectors of dw at a time stay in registers over all
// rows.
void backward_weight_of_one(float* dw, const float* x, const float* dy, MatmulDims dims) {
  constexpr size_t kVectors = 8;
  size_t k = 0;
  for (; k + 4 * kVectors <= dims.in; k += 4 * kVectors) {
    f32x4 acc[kVectors];
    for (size_t v = 0; v < kVectors; ++v) acc[v] = f32x4::load(dw + k + 4 * v);
    const float* row = x + k;
    for (uint32_t i = 0; i < dims.n; ++i, row += dims.in) {
      const f32x4 factor = f32x4::splat(dy[i]);
      for (size_t v = 0; v < kVectors; ++v) acc[v] = acc[v] + f32x4::load(row + 4 * v) * factor;
    }
    for (size_t v = 0; v < kVectors; ++v) store(dw + k + 4 * v, acc[v]);
  }
  for_each_vector(dims.in - k, [&](size_t offset, unsigned lanes) {
    f32x4 acc = load(dw + k + offset, lanes);
    for (uint32_t i = 0; i < dims.n; ++i) {
      acc = acc + load(x + size_t{i} * dims.in + k + offset, lanes) * f32x4::splat(dy[i]);
    }
    store(dw + k + offset, acc, lanes);
  });
}

}  // namespace

void matmul_forward(float* y, const float* x, const float* w, const float* b, MatmulDims dims,
                    bool relu) {
  if (dims.out == 1) {
    const float bias = b == nullptr ? 0.0f : *b;
    for (uint32_t i = 0; i < dims.n; ++i) y[i] = dot(x + size_t{i} * dims.in, w, dims.in) + bias;
    if (relu) map_forward<Relu>(y, y, dims.n);
    return;
  }
  multiply({.c = y,
            .a = {x, dims.in, 1},
            .b = {w, dims.out, false},
            .rows = dims.n,
            .columns = dims.out,
            .inner = dims.in,
            .starts_with_bias = true,
            .bias = b,
            .relu = relu});
}

void matmul_backward_weight(float* dw, const float* x, const float* dy, MatmulDims dims) {
  if (dims.out == 1) return backward_weight_of_one(dw, x, dy, dims);
  multiply({.c = dw,
            .a = {x, 1, dims.in},
            .b = {dy, dims.out, false},
            .rows = dims.in,
            .columns = dims.out,
            .inner = dims.n,
            .starts_with_bias = false,
            .bias = nullptr});
}

void matmul_backward_bias(float* db, const float* dy, MatmulDims dims) {
  if (dims.n == 0) return;  // dy may be null
  const float* const end = dy + size_t{dims.n} * dims.out;
  const auto add = [&](auto vectors, uint32_t first, unsigned lanes) {
    constexpr uint32_t kVectors = decltype(vectors)::value;
    f32x4 sums[kVectors];
    for (uint32_t v = 0; v < kVectors; ++v) sums[v] = load(db + first + 4 * v, lanes);
    for (const float* row = dy + first; row < end; row += dims.out) {
      for (uint32_t v = 0; v < kVectors; ++v) sums[v] = sums[v] + load(row + 4 * v, lanes);
    }
    for (uint32_t v = 0; v < kVectors; ++v) store(db + first + 4 * v, sums[v], lanes);
  };
  // Four vectors at a time; a single one would wait for each addition.
  uint32_t first = 0;
  while (dims.out - first >= 4) {
    with_rows(std::min(4u, (dims.out - first) / 4), [&](auto vectors) {
      add(vectors, first, 4u);
      first += 4 * decltype(vectors)::value;
    });
  }
  if (first < dims.out) add(Constant<1>(), first, dims.out - first);
}

void matmul_backward_input(float* dx, const float* dy, const float* w, MatmulDims dims) {
  if (dims.out == 1) {
    for (uint32_t i = 0; i < dims.n; ++i) scale_add(dx + size_t{i} * dims.in, w, dy[i], dims.in);
    return;
  }
  multiply({.c = dx,
            .a = {dy, dims.out, 1},
            .b = {w, dims.out, true},
            .rows = dims.n,
            .columns = dims.in,
            .inner = dims.out,
            .starts_with_bias = false,
            .bias = nullptr});
}

}  // namespace downhill::kernels
