#include "kernels/reference/dense.hpp"

namespace downhill::kernels::reference {

float sum(const float* x, size_t count) {
  return sum_of(count, [x](size_t i) { return x[i]; });
}

float dot(const float* a, const float* b, size_t count) {
  return sum_of(count, [a, b](size_t i) { return a[i] * b[i]; });
}

void matmul_forward(float* y, const float* x, const float* w, const float* b, MatmulDims dims) {
  const size_t n = dims.n, in = dims.in, out = dims.out;
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = 0; j < out; ++j) {
      const float bias = b == nullptr ? 0.0f : b[j];
      if (out == 1) {
        y[i] = dot(x + i * in, w, in) + bias;
        continue;
      }
      float total = bias;
      for (size_t k = 0; k < in; ++k) total += x[i * in + k] * w[k * out + j];
      y[i * out + j] = total;
    }
  }
}

void matmul_backward_weight(float* dw, const float* x, const float* dy, MatmulDims dims) {
  const size_t n = dims.n, in = dims.in, out = dims.out;
  for (size_t k = 0; k < in; ++k) {
    for (size_t j = 0; j < out; ++j) {
      for (size_t i = 0; i < n; ++i) dw[k * out + j] += x[i * in + k] * dy[i * out + j];
    }
  }
}

void matmul_backward_bias(float* db, const float* dy, MatmulDims dims) {
  for (size_t j = 0; j < dims.out; ++j) {
    for (size_t i = 0; i < dims.n; ++i) db[j] += dy[i * dims.out + j];
  }
}

void matmul_backward_input(float* dx, const float* dy, const float* w, MatmulDims dims) {
  const size_t n = dims.n, in = dims.in, out = dims.out;
  for (size_t i = 0; i < n; ++i) {
    for (size_t k = 0; k < in; ++k) {
      for (size_t j = 0; j < out; ++j) dx[i * in + k] += dy[i * out + j] * w[k * out + j];
    }
  }
}

}  // namespace downhill::kernels::reference
