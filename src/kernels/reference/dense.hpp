// Dense products and reductions as plain loops, which define what dense/matmul.hpp and
// reductions/reduce.hpp compute and in which order. Tests compare the fast kernels with these, bit
// for bit; nothing else calls them. (Eigen cannot judge bits: the order of its sums depends on the
// machine's packet size.)
#pragma once

#include <cstddef>

#include "kernels/dense/matmul.hpp"

namespace downhill::kernels::reference {

void matmul_forward(float* y, const float* x, const float* w, const float* b, MatmulDims dims);
void matmul_backward_weight(float* dw, const float* x, const float* dy, MatmulDims dims);
void matmul_backward_bias(float* db, const float* dy, MatmulDims dims);
void matmul_backward_input(float* dx, const float* dy, const float* w, MatmulDims dims);

// Σ term(i), in the order of reduce.hpp.
template <class Term>
float sum_of(size_t count, Term term) {
  float s[16] = {};
  for (size_t i = 0; i < count; ++i) s[i % 16] += term(i);
  float t[4];
  for (size_t l = 0; l < 4; ++l) t[l] = (s[l] + s[l + 4]) + (s[l + 8] + s[l + 12]);
  return (t[0] + t[2]) + (t[1] + t[3]);
}
float sum(const float* x, size_t count);
float dot(const float* a, const float* b, size_t count);

}  // namespace downhill::kernels::reference
