#include "kernels/reduce.hpp"

#include <cmath>
#include <limits>

#include "kernels/unary.hpp"

namespace downhill::kernels {
namespace {

using simd::f32x4;

// The sixteen partial sums of term(index, lanes) and their tree. Absent lanes of the last vector
// must be 0.
template <class Term>
float sum_terms(size_t count, Term term) {
  f32x4 s[4] = {f32x4::zero(), f32x4::zero(), f32x4::zero(), f32x4::zero()};
  size_t i = 0;
  for (; i + 16 <= count; i += 16) {
    for (size_t k = 0; k < 4; ++k) s[k] = s[k] + term(i + 4 * k, 4);
  }
  for (size_t k = 0; i < count; ++k, i += 4) {
    s[k] = s[k] + term(i, count - i < 4 ? static_cast<unsigned>(count - i) : 4);
  }
  return sum((s[0] + s[1]) + (s[2] + s[3]));
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

float norm(const float* x, size_t count) { return std::sqrt(sum_of_squares(x, count)); }

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
  // x - x is 0 for a finite x and NaN otherwise; one NaN stays in a sum for ever.
  f32x4 trouble = f32x4::zero();
  for_each_vector(count, [&](size_t i, unsigned lanes) {
    const f32x4 v = load(x + i, lanes);
    trouble = trouble + (v - v);
  });
  return all(trouble == f32x4::zero());
}

}  // namespace downhill::kernels
