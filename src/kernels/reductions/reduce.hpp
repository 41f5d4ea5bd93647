// Reductions of many numbers to one, in a fixed order. Every sum has sixteen partial sums, one for
// each index modulo 16, and ends in the same tree. Sixteen short sums also round less than a long
// one. These functions know no shapes.
#pragma once

#include <cstddef>

namespace downhill::kernels {

// Let s[k] be the sum of the terms with index ≡ k modulo 16, added in order, from 0. Then
//   t[l] = (s[l] + s[l+4]) + (s[l+8] + s[l+12]) for l = 0…3,
// and the result is (t[0] + t[2]) + (t[1] + t[3]).
float sum(const float* x, size_t count);
float dot(const float* a, const float* b, size_t count);
float sum_of_squares(const float* x, size_t count);

// The L2 norm, sqrt(sum of squares). Where the squares would leave float's range, they are summed
// again in double, one after the other: the norm of finite numbers is finite.
double norm_in_double(const float* x, size_t count);
// The same; a finite norm that exceeds the largest float becomes the largest float.
float norm(const float* x, size_t count);
// norm() of x - y. `squares` is the sum of the squares as in sum_of_squares(), which a caller may
// have added up elsewhere.
float norm_of_difference(float squares, const float* x, const float* y, size_t count);

// One axis of a tensor: the axes before it, the axis, and the axes after it.
struct AxisDims {
  size_t outer, extent, inner;
};
// y = Σ x / divisor along the axis, each sum in the order above.   y: [outer, inner]
// The divisor is 1 for a sum and the extent for a mean.
void sum_axis(float* y, const float* x, float divisor, AxisDims dims);
// dx += dy / divisor, the same number along the whole axis.
void sum_axis_backward(float* dx, const float* dy, float divisor, AxisDims dims);

// NaNs are skipped; if all numbers are NaN, so is the result. Precondition: count > 0.
float min(const float* x, size_t count);
float max(const float* x, size_t count);

bool all_finite(const float* x, size_t count);

}  // namespace downhill::kernels
