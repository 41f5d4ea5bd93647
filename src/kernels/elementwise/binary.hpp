// Functions of two numbers, each with its two derivatives, over operands that may be repeated
// (broadcast) along any of four axes. A gradient is summed down to its operand along one of the last
// two axes in the order of reductions/reduce.hpp, and along the others in row-major order of the
// output. These functions know strides, not tensors.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "kernels/elementwise/unary.hpp"
#include "kernels/reductions/rows.hpp"

namespace downhill::kernels {

// The output is row-major over `extent`; an operand's stride is 0 along an axis on which it
// repeats.
struct BroadcastDims {
  std::array<uint32_t, 4> extent{1, 1, 1, 1};
  std::array<uint32_t, 4> stride_a{}, stride_b{};
};

// The same elements in the same order, with neighbouring axes joined where both operands allow it.
// Equal shapes become one long row.
BroadcastDims join_axes(const BroadcastDims& dims);

// Calls f(y, a, b) with the offsets at which each matrix (last two axes) starts, in order.
template <class F>
inline void for_each_matrix(const BroadcastDims& d, F f) {
  size_t y = 0;
  for (uint32_t i = 0; i < d.extent[0]; ++i) {
    for (uint32_t j = 0; j < d.extent[1]; ++j) {
      f(y, size_t{i} * d.stride_a[0] + size_t{j} * d.stride_a[1],
        size_t{i} * d.stride_b[0] + size_t{j} * d.stride_b[1]);
      y += size_t{d.extent[2]} * d.extent[3];
    }
  }
}

// The same for each row (last axis).
template <class F>
inline void for_each_row(const BroadcastDims& d, F f) {
  for_each_matrix(d, [&](size_t y, size_t a, size_t b) {
    for (uint32_t k = 0; k < d.extent[2]; ++k, y += d.extent[3]) {
      f(y, a + size_t{k} * d.stride_a[2], b + size_t{k} * d.stride_b[2]);
    }
  });
}

// stride: 0 for one repeated number, 1 for a row.
template <Lanes V = simd::f32x4>
inline V load_operand(const float* p, size_t i, uint32_t stride, unsigned lanes) {
  return stride == 0 ? V::splat(*p) : load<V>(p + i, lanes);
}

template <class Function>
void broadcast_forward(float* y, const float* a, const float* b, const BroadcastDims& dims) {
  const BroadcastDims d = join_axes(dims);
  const uint32_t sa = d.stride_a[3], sb = d.stride_b[3];
  for_each_row(d, [&](size_t y0, size_t a0, size_t b0) {
    for_each_vector(d.extent[3], [&](size_t i, unsigned lanes) {
      store(y + y0 + i,
            Function::value(load_operand(a + a0, i, sa, lanes), load_operand(b + b0, i, sb, lanes)),
            lanes);
    });
  });
}

// dx += the row of gradients g(i, lanes), or its sum if the operand repeats.
template <class G>
inline void add_row(float* dx, uint32_t stride, size_t count, G g) {
  using V = simd::f32x4;
  if (stride == 0) {
    *dx += sum_terms(count, g);
    return;
  }
  for_each_vector(count, [&](size_t i, unsigned lanes) {
    store(dx + i, load<V>(dx + i, lanes) + g(i, lanes), lanes);
  });
}

// dx += the gradients g(row, i, lanes) of a matrix, or their sums where the operand repeats.
template <class G>
inline void add_matrix(float* dx, uint32_t row_stride, uint32_t stride, Rows rows, G g) {
  if (rows.count > 1 && row_stride == 0 && stride != 0) {
    return for_each_vector(rows.width, [&](size_t i, unsigned lanes) {
      const auto down = sum_down(rows.count, [&](size_t row) { return g(row, i, lanes); });
      store(dx + i, load(dx + i, lanes) + down, lanes);
    });
  }
  for (size_t row = 0; row < rows.count; ++row) {
    add_row(dx + row * row_stride, stride, rows.width,
            [&](size_t i, unsigned lanes) { return g(row, i, lanes); });
  }
}

// da += Σ dy·∂y/∂a, db += Σ dy·∂y/∂b, summed over repeated axes. Either may be null, and both may
// be the same memory.
template <class Function>
void broadcast_backward(float* da, float* db, const float* a, const float* b, const float* dy,
                        const BroadcastDims& dims) {
  const BroadcastDims d = join_axes(dims);
  const uint32_t sa = d.stride_a[3], sb = d.stride_b[3];
  const uint32_t row_a = d.stride_a[2], row_b = d.stride_b[2];
  const Rows rows{d.extent[2], d.extent[3]};
  for_each_matrix(d, [&](size_t y0, size_t a0, size_t b0) {
    // The arguments of a derivative at one place of the matrix.
    const auto with = [&](auto derivative, size_t row, size_t i, unsigned n) {
      return derivative(load_operand(a + a0 + row * row_a, i, sa, n),
                        load_operand(b + b0 + row * row_b, i, sb, n),
                        load(dy + y0 + row * rows.width + i, n));
    };
    const auto of_a = [](auto x, auto y, auto g) { return Function::da(x, y, g); };
    const auto of_b = [](auto x, auto y, auto g) { return Function::db(x, y, g); };
    if (da != nullptr) {
      add_matrix(da + a0, row_a, sa, rows,
                 [&](size_t row, size_t i, unsigned n) { return with(of_a, row, i, n); });
    }
    if (db != nullptr) {
      add_matrix(db + b0, row_b, sb, rows,
                 [&](size_t row, size_t i, unsigned n) { return with(of_b, row, i, n); });
    }
  });
}

}  // namespace downhill::kernels
