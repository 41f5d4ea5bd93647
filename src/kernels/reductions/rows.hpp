// A tensor as rows of its last axis, and sums along such rows and down their columns in the order
// of reduce.hpp, written once for sums of terms that are not in memory. These functions know no
// shapes.
#pragma once

#include <cstddef>

#include "kernels/elementwise/unary.hpp"

namespace downhill::kernels {

// [count, width], contiguous.
struct Rows {
  size_t count, width;
  size_t size() const { return count * width; }
};

namespace detail {

// The tree over sixteen partial sums that ends every sum of many vectors.
inline simd::f32x4 sum_of_sixteen(const simd::f32x4 (&s)[16]) {
  simd::f32x4 t[4];
  for (size_t l = 0; l < 4; ++l) t[l] = (s[l] + s[l + 4]) + (s[l + 8] + s[l + 12]);
  return (t[0] + t[2]) + (t[1] + t[3]);
}

// Clears the lanes from `lanes` on: a function of absent numbers need not be 0.
inline simd::f32x4 first_lanes(simd::f32x4 v, unsigned lanes) {
  float cleared[4] = {0, 0, 0, 0};
  store_partial(cleared, v, lanes);
  return simd::f32x4::load(cleared);
}

}  // namespace detail

// Σ term(i, lanes) along a row, four indices at a time: sixteen partial sums and a tree.
template <class Term>
inline float sum_terms(size_t count, Term term) {
  using simd::f32x4;
  f32x4 s[4] = {f32x4::zero(), f32x4::zero(), f32x4::zero(), f32x4::zero()};
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    for (size_t k = 0; k < 4; ++k) s[k] = s[k] + term(i + 4 * k, 4u);
  }
  size_t k = 0;
  for (; i + 4 <= count; i += 4, ++k) s[k] = s[k] + term(i, 4u);
  if (i < count) {
    const auto left = static_cast<unsigned>(count - i);
    s[k] = s[k] + detail::first_lanes(term(i, left), left);
  }
  return sum((s[0] + s[1]) + (s[2] + s[3]));
}

// Adds term(row) for the rows [first, end) to sixteen partial sums, by the row's index modulo 16.
// kAtOnce of them stay in registers at a time. Precondition: 16 divides `first`.
template <size_t kAtOnce, class Term>
inline void add_down(simd::f32x4 (&s)[16], size_t first, size_t end, Term term) {
  using simd::f32x4;
  const size_t whole = end - (end - first) % 16;
  for (size_t part = 0; part < 16; part += kAtOnce) {
    f32x4 t[kAtOnce];
    for (size_t k = 0; k < kAtOnce; ++k) t[k] = s[part + k];
    for (size_t row = first + part; row < whole; row += 16) {
      for (size_t k = 0; k < kAtOnce; ++k) t[k] = t[k] + term(row + k);
    }
    for (size_t k = 0; k < kAtOnce; ++k) s[part + k] = t[k];
  }
  for (size_t row = whole; row < end; ++row) s[row - whole] = s[row - whole] + term(row);
}

// Σ term(row) down `count` rows, for four columns side by side. Each lane is summed in the order of
// sum_terms(), so a column has the sum of a row with the same numbers.
template <class Term>
inline simd::f32x4 sum_down(size_t count, Term term) {
  simd::f32x4 s[16];
  for (simd::f32x4& part : s) part = simd::f32x4::zero();
  add_down<8>(s, 0, count, term);
  return detail::sum_of_sixteen(s);
}

}  // namespace downhill::kernels
