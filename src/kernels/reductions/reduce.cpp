#include "kernels/reductions/reduce.hpp"

#include <cmath>
#include <limits>

#include "kernels/reductions/rows.hpp"

namespace downhill::kernels {

using simd::f32x4;

float sum(const float* x, size_t count) {
  return sum_terms(count, [x](size_t i, unsigned lanes) { return load(x + i, lanes); });
}

float dot(const float* a, const float* b, size_t count) {
  return sum_terms(
      count, [a, b](size_t i, unsigned lanes) { return load(a + i, lanes) * load(b + i, lanes); });
}

float sum_of_squares(const float* x, size_t count) { return dot(x, x, count); }

float norm(const float* x, size_t count) { return std::sqrt(sum_of_squares(x, count)); }

void sum_axis(float* y, const float* x, float divisor, AxisDims d) {
  for (size_t o = 0; o < d.outer; ++o, x += d.extent * d.inner, y += d.inner) {
    if (d.inner == 1) {
      *y = sum(x, d.extent) / divisor;
      continue;
    }
    for_each_vector(d.inner, [=](size_t j, unsigned lanes) {
      const auto at = [=](size_t i) { return load(x + i * d.inner + j, lanes); };
      store(y + j, sum_down(d.extent, at) / f32x4::splat(divisor), lanes);
    });
  }
}

void sum_axis_backward(float* dx, const float* dy, float divisor, AxisDims d) {
  for (size_t o = 0; o < d.outer; ++o, dy += d.inner) {
    for (size_t i = 0; i < d.extent; ++i, dx += d.inner) {
      for_each_vector(d.inner, [=](size_t j, unsigned lanes) {
        const f32x4 share = load(dy + j, lanes) / f32x4::splat(divisor);
        store(dx + j, load(dx + j, lanes) + share, lanes);
      });
    }
  }
}

float min(const float* x, size_t count) {
  float best = std::numeric_limits<float>::quiet_NaN();
  for (size_t i = 0; i < count; ++i) {
    if (x[i] < best || best != best) best = x[i];
  }
  return best;
}

float max(const float* x, size_t count) {
  float best = std::numeric_limits<float>::quiet_NaN();
  for (size_t i = 0; i < count; ++i) {
    if (x[i] > best || best != best) best = x[i];
  }
  return best;
}

bool all_finite(const float* x, size_t count) {
  // x - x is 0 for a finite x and NaN otherwise, and a sum with a NaN stays NaN.
  f32x4 trouble = f32x4::zero();
  for_each_vector(count, [&](size_t i, unsigned lanes) {
    const f32x4 v = load(x + i, lanes);
    trouble = trouble + (v - v);
  });
  return all(trouble == f32x4::zero());
}

}  // namespace downhill::kernels
