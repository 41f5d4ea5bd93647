#include "kernels/reductions/softmax.hpp"

#include "kernels/reductions/reduce.hpp"

namespace downhill::kernels {
namespace {

using simd::f32x4;

// e = e^(x - top) over a row; returns their sum.
float exponentials(float* e, const float* x, float top, size_t width) {
  return sum_terms(width, [=](size_t i, unsigned lanes) {
    const f32x4 value = simd::exp(load(x + i, lanes) - f32x4::splat(top));
    store(e + i, value, lanes);
    return value;
  });
}

// The same sum without writing the terms.
float sum_of_exponentials(const float* x, float top, size_t width) {
  return sum_terms(width, [=](size_t i, unsigned lanes) {
    return simd::exp(load(x + i, lanes) - f32x4::splat(top));
  });
}

void divide(float* x, float by, size_t count) {
  for_each_vector(count, [=](size_t i, unsigned lanes) {
    store(x + i, load(x + i, lanes) / f32x4::splat(by), lanes);
  });
}

}  // namespace

void softmax_forward(float* p, const float* x, Rows rows) {
  for (size_t row = 0; row < rows.count; ++row, p += rows.width, x += rows.width) {
    divide(p, exponentials(p, x, max(x, rows.width), rows.width), rows.width);
  }
}

void softmax_backward(float* dx, const float* p, const float* dp, Rows rows) {
  const size_t width = rows.width;
  for (size_t row = 0; row < rows.count; ++row, dx += width, p += width, dp += width) {
    const f32x4 common = f32x4::splat(dot(dp, p, width));
    for_each_vector(width, [=](size_t i, unsigned lanes) {
      const f32x4 grad = load(p + i, lanes) * (load(dp + i, lanes) - common);
      store(dx + i, load(dx + i, lanes) + grad, lanes);
    });
  }
}

void log_softmax_forward(float* y, const float* x, Rows rows) {
  const size_t width = rows.width;
  for (size_t row = 0; row < rows.count; ++row, y += width, x += width) {
    const float top = max(x, width);
    const float log_sum = simd::log(sum_of_exponentials(x, top, width));
    for_each_vector(width, [=](size_t i, unsigned lanes) {
      const f32x4 shifted = load(x + i, lanes) - f32x4::splat(top);
      store(y + i, shifted - f32x4::splat(log_sum), lanes);
    });
  }
}

void log_softmax_backward(float* dx, const float* y, const float* dy, Rows rows) {
  const size_t width = rows.width;
  for (size_t row = 0; row < rows.count; ++row, dx += width, y += width, dy += width) {
    const f32x4 common = f32x4::splat(sum(dy, width));
    for_each_vector(width, [=](size_t i, unsigned lanes) {
      const f32x4 grad = load(dy + i, lanes) - simd::exp(load(y + i, lanes)) * common;
      store(dx + i, load(dx + i, lanes) + grad, lanes);
    });
  }
}

float softmax_cross_entropy_forward(float* terms, float* p, const float* x, const float* target,
                                    Rows rows) {
  const size_t width = rows.width;
  for (size_t row = 0; row < rows.count; ++row, p += width, x += width) {
    const float top = max(x, width);
    const float total = exponentials(p, x, top, width);
    divide(p, total, width);
    terms[row] = simd::log(total) - (x[static_cast<size_t>(target[row])] - top);
  }
  return sum(terms, rows.count) / static_cast<float>(rows.count);
}

void softmax_cross_entropy_backward(float* dx, const float* p, const float* target, float dloss,
                                    Rows rows) {
  const size_t width = rows.width;
  const float part = dloss / static_cast<float>(rows.count);
  for (size_t row = 0; row < rows.count; ++row, dx += width, p += width) {
    const auto right = static_cast<size_t>(target[row]);
    const float at_right = dx[right] + part * (p[right] - 1.0f);
    for_each_vector(width, [=](size_t i, unsigned lanes) {
      store(dx + i, load(dx + i, lanes) + f32x4::splat(part) * load(p + i, lanes), lanes);
    });
    dx[right] = at_right;
  }
}

}  // namespace downhill::kernels
