// Matrix products for dense layers, y = x·W + b, and their three gradients. They take plain
// pointers and extents; nothing here allocates, checks or knows what is being learned.
//
// The ORDER of every sum is part of the contract, so that any other kernel (sparse, blocked,
// scalar) can give the same bits (reference/dense.hpp has the same in plain loops):
//   y   out >= 2: one accumulator per element, which starts as b and adds x[i,k]·W[k,j]
//       for k = 0, 1, …
//       out == 1: dot() of reduce.hpp, sixteen partial sums, then + b
//   dW  starts as its value and adds x[i,k]·dy[i,j] for i = 0, 1, …
//   db  starts as its value and adds dy[i,j] for i = 0, 1, …
//   dx  starts as its value and adds dy[i,j]·W[k,j] for j = 0, 1, …
// So a batch in two halves gives the gradients of the whole batch, to the bit. Inputs that are
// exactly zero may be skipped: they add ±0, which changes no accumulator except -0, and then only
// its sign.
#pragma once

#include <cstdint>

namespace downhill::kernels {

struct MatmulDims {
  uint32_t n;    // rows of x and y: images
  uint32_t in;   // columns of x, rows of W
  uint32_t out;  // columns of W and y
};

// y: [n, out]  x: [n, in]  W: [in, out]  b: [out], or null for none. `relu`: relu(y) instead. y
// must not overlap the inputs.
void matmul_forward(float* y, const float* x, const float* w, const float* b, MatmulDims dims,
                    bool relu = false);
// dW: [in, out] += xᵀ·dy
void matmul_backward_weight(float* dw, const float* x, const float* dy, MatmulDims dims);
// db: [out] += Σ dy
void matmul_backward_bias(float* db, const float* dy, MatmulDims dims);
// dx: [n, in] += dy·Wᵀ
void matmul_backward_input(float* dx, const float* dy, const float* w, MatmulDims dims);

}  // namespace downhill::kernels
