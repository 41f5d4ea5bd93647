#include "kernels/update.hpp"

#include "kernels/unary.hpp"

namespace downhill::kernels {

using simd::f32x4;

void sgd_step(float* w, const float* dw, float lr, size_t count) {
  const f32x4 rate = f32x4::splat(lr);
  for_each_vector(count, [=](size_t i, unsigned lanes) {
    store(w + i, load(w + i, lanes) - rate * load(dw + i, lanes), lanes);
  });
}

void add_scalar(float* y, float value, size_t count) {
  for_each_vector(count, [=](size_t i, unsigned lanes) {
    store(y + i, load(y + i, lanes) + f32x4::splat(value), lanes);
  });
}

void add_to(float* y, const float* x, size_t count) {
  for_each_vector(count, [=](size_t i, unsigned lanes) {
    store(y + i, load(y + i, lanes) + load(x + i, lanes), lanes);
  });
}

void scale_add(float* y, const float* x, float factor, size_t count) {
  const f32x4 f = f32x4::splat(factor);
  for_each_vector(count, [=](size_t i, unsigned lanes) {
    store(y + i, load(y + i, lanes) + f * load(x + i, lanes), lanes);
  });
}

void multiply(float* y, const float* x, const float* factor, size_t count) {
  for_each_vector(count, [=](size_t i, unsigned lanes) {
    store(y + i, load(x + i, lanes) * load(factor + i, lanes), lanes);
  });
}

void multiply_add(float* y, const float* x, const float* factor, size_t count) {
  for_each_vector(count, [=](size_t i, unsigned lanes) {
    store(y + i, load(y + i, lanes) + load(x + i, lanes) * load(factor + i, lanes), lanes);
  });
}

void transpose(float* out, const float* in, size_t rows, size_t columns) {
  for (size_t column = 0; column < columns; ++column) {
    for (size_t row = 0; row < rows; ++row) out[column * rows + row] = in[row * columns + column];
  }
}

void add_transposed(float* out, const float* in, size_t rows, size_t columns) {
  for (size_t column = 0; column < columns; ++column) {
    for (size_t row = 0; row < rows; ++row) out[column * rows + row] += in[row * columns + column];
  }
}

}  // namespace downhill::kernels
