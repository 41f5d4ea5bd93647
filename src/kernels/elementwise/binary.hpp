// Functions of two numbers, each with its two derivatives, over operands that may be repeated
// (broadcast) along any of four axes. A gradient is summed down to its operand in row-major order
// of the output, except along a repeated last axis, which is summed in four partial sums by index
// modulo 4. These functions know strides, not tensors.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "kernels/elementwise/unary.hpp"

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

// Calls f(y, a, b) with the offsets at which each row (last axis) starts, in order.
template <class F>
inline void for_each_row(const BroadcastDims& d, F f) {
  size_t y = 0;
  for (uint32_t i = 0; i < d.extent[0]; ++i) {
    for (uint32_t j = 0; j < d.extent[1]; ++j) {
      for (uint32_t k = 0; k < d.extent[2]; ++k) {
        f(y, size_t{i} * d.stride_a[0] + size_t{j} * d.stride_a[1] + size_t{k} * d.stride_a[2],
          size_t{i} * d.stride_b[0] + size_t{j} * d.stride_b[1] + size_t{k} * d.stride_b[2]);
        y += d.extent[3];
      }
    }
  }
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
  if (stride != 0) {
    return for_each_vector(count, [&](size_t i, unsigned lanes) {
      store(dx + i, load<V>(dx + i, lanes) + g(i, lanes), lanes);
    });
  }
  V total = V::zero();
  for_each_vector(count, [&](size_t i, unsigned lanes) {
    // Clears absent lanes: a function of absent operands need not be 0.
    float terms[4] = {0, 0, 0, 0};
    store(terms, g(i, lanes), lanes);
    total = total + V::load(terms);
  });
  *dx += sum(total);
}

// da += Σ dy·∂y/∂a, db += Σ dy·∂y/∂b, summed over repeated axes. Either may be null, and both may
// be the same memory.
template <class Function>
void broadcast_backward(float* da, float* db, const float* a, const float* b, const float* dy,
                        const BroadcastDims& dims) {
  const BroadcastDims d = join_axes(dims);
  const uint32_t sa = d.stride_a[3], sb = d.stride_b[3];
  for_each_row(d, [&](size_t y0, size_t a0, size_t b0) {
    const auto operand_a = [&](size_t i, unsigned n) { return load_operand(a + a0, i, sa, n); };
    const auto operand_b = [&](size_t i, unsigned n) { return load_operand(b + b0, i, sb, n); };
    const auto gradient = [&](size_t i, unsigned n) { return load(dy + y0 + i, n); };
    if (da != nullptr) {
      add_row(da + a0, sa, d.extent[3], [&](size_t i, unsigned n) {
        return Function::da(operand_a(i, n), operand_b(i, n), gradient(i, n));
      });
    }
    if (db != nullptr) {
      add_row(db + b0, sb, d.extent[3], [&](size_t i, unsigned n) {
        return Function::db(operand_a(i, n), operand_b(i, n), gradient(i, n));
      });
    }
  });
}

}  // namespace downhill::kernels
