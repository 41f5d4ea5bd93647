#include "kernels/reductions/reduce.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/reductions/rows.hpp"

namespace downhill::kernels {

using simd::f32x4;

namespace {

// The square root of `squares`, a sum of term(i)², unless a square may have left float's range.
// Below kReliable, squares that became subnormal or 0 can matter.
template <class Term>
double norm_of(float squares, size_t count, Term term) {
  constexpr float kReliable = 0x1p-100f;
  if (squares >= kReliable && squares <= std::numeric_limits<float>::max()) {
    return static_cast<double>(std::sqrt(squares));
  }
  double exact = 0;
  for (size_t i = 0; i < count; ++i) exact += term(i) * term(i);
  return std::sqrt(exact);
}

// An infinite norm stays infinite.
float to_float(double norm) {
  constexpr double kLargest = static_cast<double>(std::numeric_limits<float>::max());
  return static_cast<float>(std::isfinite(norm) ? std::min(norm, kLargest) : norm);
}

}  // namespace

float sum(const float* x, size_t count) {
  return sum_terms(count, [x](size_t i, unsigned lanes) { return load(x + i, lanes); });
}

float dot(const float* a, const float* b, size_t count) {
  return sum_terms(
      count, [a, b](size_t i, unsigned lanes) { return load(a + i, lanes) * load(b + i, lanes); });
}

float sum_of_squares(const float* x, size_t count) { return dot(x, x, count); }

double norm_in_double(const float* x, size_t count) {
  return norm_of(sum_of_squares(x, count), count,
                 [x](size_t i) { return static_cast<double>(x[i]); });
}

float norm(const float* x, size_t count) { return to_float(norm_in_double(x, count)); }

float norm_of_difference(float squares, const float* x, const float* y, size_t count) {
  return to_float(norm_of(squares, count, [x, y](size_t i) {
    return static_cast<double>(x[i]) - static_cast<double>(y[i]);
  }));
}

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
