// Many numbers to one, in a fixed order. Every sum has sixteen partial sums, one for each index
// modulo 16, and ends in the same tree: sixteen short sums also round less than one long one. Knows
// no shapes.
#pragma once

#include <cstddef>

namespace downhill::kernels {

// Let s[k] be the sum of the terms with index ≡ k modulo 16, added in order, from 0. Then
//   t[l] = (s[l] + s[l+4]) + (s[l+8] + s[l+12]) for l = 0…3,  and the result is (t[0] + t[2]) +
//   (t[1] + t[3]).
float sum(const float* x, size_t count);
float dot(const float* a, const float* b, size_t count);
float sum_of_squares(const float* x, size_t count);
// sqrt(sum of squares): the L2 norm. Inexact where squares leave float's range, which a norm of
// 1e19 does.
float norm(const float* x, size_t count);

// One axis of a tensor: [outer, extent, inner] are the axes before it, the axis, those behind it.
struct AxisDims {
  size_t outer, extent, inner;
};
// y = Σ x / divisor along the axis, every element in the order above.   y: [outer, inner]
// The divisor is 1 for a sum, the extent for a mean.
void sum_axis(float* y, const float* x, float divisor, AxisDims dims);
// dx += dy / divisor, the same all along the axis.
void sum_axis_backward(float* dx, const float* dy, float divisor, AxisDims dims);

// Precondition: count > 0. NaNs are passed over; all NaN gives NaN.
float min(const float* x, size_t count);
float max(const float* x, size_t count);

bool all_finite(const float* x, size_t count);

}  // namespace downhill::kernels
