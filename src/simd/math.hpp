// exp, log, tanh, erf, sin and relatives, made of additions, multiplications, divisions and bit
// moves only. They give the same bits on every machine, which libm does not. Each takes four lanes,
// or one float through the same code. The error bounds were measured over every float of the range;
// tests/simd/math_test.cpp checks a sample.
//
// Polynomials and range reduction: S. L. Moshier, Cephes Mathematical Library 2.2 (expf.c, logf.c,
// tanhf.c, sinf.c, ndtrf.c), minimax polynomials for single precision.
#pragma once

#include <limits>

#include "simd/f32x4.hpp"

namespace downhill::simd {

namespace detail {

// c[0]·x^(n-1) + … + c[n-1], by Horner's rule.
template <Lanes V, size_t kCount>
inline V polynomial(V x, const float (&c)[kCount]) {
  V y = V::splat(c[0]);
  for (size_t i = 1; i < kCount; ++i) y = y * x + V::splat(c[i]);
  return y;
}

inline constexpr float kExp[] = {1.9875691500e-4f, 1.3981999507e-3f, 8.3334519073e-3f,
                                 4.1665795894e-2f, 1.6666665459e-1f, 5.0000001201e-1f};
inline constexpr float kLog[] = {7.0376836292e-2f,  -1.1514610310e-1f, 1.1676998740e-1f,
                                 -1.2420140846e-1f, 1.4249322787e-1f,  -1.6668057665e-1f,
                                 2.0000714765e-1f,  -2.4999993993e-1f, 3.3333331174e-1f};
inline constexpr float kTanh[] = {-5.70498872745e-3f, 2.06390887954e-2f, -5.37397155531e-2f,
                                  1.33314422036e-1f, -3.33332819422e-1f};
inline constexpr float kErf[] = {
    7.853861353153693e-5f, -8.010193625184903e-4f, 5.188327685732524e-3f, -2.685381193529856e-2f,
    1.128358514861418e-1f, -3.761262582423300e-1f, 1.128379165726710f};
inline constexpr float kErfcNear[] = {
    2.326819970068386e-2f,  -1.387039388740657e-1f, 3.687424674597105e-1f,
    -5.824733027278666e-1f, 6.210004621745983e-1f,  -4.944515323274145e-1f,
    3.404879937665872e-1f,  -2.741127028184656e-1f, 5.638259427386472e-1f};
inline constexpr float kErfcFar[] = {
    -1.047766399936249e1f, 1.297719955372516e1f,  -7.495518717768503f,    2.921019019210786f,
    -1.015265279202700f,   4.218463358204948e-1f, -2.820767439740514e-1f, 5.641895067754075e-1f};
// ln 2 in two parts: the first has few bits, so its product with n is exact.
inline constexpr float kLn2High = 0.693359375f, kLn2Low = -2.12194440e-4f;

inline constexpr float kSin[] = {-1.9515295891e-4f, 8.3321608736e-3f, -1.6666654611e-1f};
inline constexpr float kCos[] = {2.443315711809948e-5f, -1.388731625493765e-3f,
                                 4.166664568298827e-2f};
// π/2 in three parts: the first two have few bits, so their products with n are exact.
inline constexpr float kHalfPi[] = {1.5703125f, 4.837512969970703125e-4f, 7.54978995489188216e-8f};

// sin(x + turns·π/2), for a whole number of quarter turns.
template <Lanes V>
inline V sine(V x, float turns) {
  const V one = V::splat(1.0f), half = V::splat(0.5f), quarter = V::splat(0.25f);
  const V magic = V::splat(0x1.8p23f);  // adding it rounds to a whole number
  V n = (x * V::splat(0.636619772367581343f) + magic) - magic;
  const V r =
      ((x - n * V::splat(kHalfPi[0])) - n * V::splat(kHalfPi[1])) - n * V::splat(kHalfPi[2]);
  n = n + V::splat(turns);  // the result is sin(r + n·π/2), |r| <= π/4

  const V z = r * r;
  const V sin_r = (polynomial(z, kSin) * z) * r + r;
  const V cos_r = (polynomial(z, kCos) * (z * z) - half * z) + one;
  const V halves = ((n * half - quarter) + magic) - magic;         // floor(n / 2)
  const V quarters = ((halves * half - quarter) + magic) - magic;  // floor(n / 4)
  const V size = select(n == halves + halves, sin_r, cos_r);
  return select(halves == quarters + quarters, size, -size);
}

}  // namespace detail

// Bounds on the error in units of the last place, against double precision over (nearly) all floats
// of the range. Measured: exp 0.98, log 0.83, tanh 1.33, erf 2.57, sigmoid 2.35, softplus 1.99.
inline constexpr double kMaxUlpExp = 1.0, kMaxUlpLog = 1.0, kMaxUlpTanh = 1.5, kMaxUlpErf = 3.0,
                        kMaxUlpSigmoid = 2.5, kMaxUlpSoftplus = 2.5;
// sin for |x| <= π/2; measured 1.16. Near the other zeros of sin and near those of cos an error in
// last places says little, so the second bound is absolute: sin and cos for |x| <= 8192; measured
// 7.74e-8.
inline constexpr double kMaxUlpSin = 1.25, kMaxErrorSinCos = 8e-8;

// e^x. Results that would be subnormal (x < -87.3365402) are zero, because subnormals in vanished
// gradients would slow the machine down. Above 88.7228317 the result is infinite.
template <Lanes V>
inline V exp(V x) {
  const V magic = V::splat(0x1.8p23f);  // adding it rounds to a whole number
  const V n = (x * V::splat(1.44269504088896341f) + magic) - magic;
  const V r = (x - n * V::splat(detail::kLn2High)) - n * V::splat(detail::kLn2Low);
  const V y = (detail::polynomial(r, detail::kExp) * (r * r) + r) + V::splat(1.0f);
  V result = add_exponent(y, n);
  result = select(x < V::splat(-0x1.5d589ep6f), V::zero(), result);
  result =
      select(x > V::splat(0x1.62e42ep6f), V::splat(std::numeric_limits<float>::infinity()), result);
  return select(x == x, result, x);
}

// The natural logarithm. -inf at 0 of either sign, NaN below 0; subnormals are not flushed.
template <Lanes V>
inline V log(V x) {
  const V one = V::splat(1.0f);
  const auto subnormal = x < V::splat(0x1p-126f);
  const V scaled = select(subnormal, x * V::splat(0x1p25f), x);
  V e = exponent(scaled) - select(subnormal, V::splat(25.0f), V::zero());
  V f = fraction(scaled);  // [0.5, 1), moved to [sqrt 1/2, sqrt 2) below
  const auto low = f < V::splat(0.707106781186547524f);
  e = e - select(low, one, V::zero());
  f = select(low, f + f, f) - one;

  const V z = f * f;
  V y = (detail::polynomial(f, detail::kLog) * f) * z;
  y = y + e * V::splat(detail::kLn2Low);
  y = y - V::splat(0.5f) * z;
  V result = (f + y) + e * V::splat(detail::kLn2High);

  const V infinity = V::splat(std::numeric_limits<float>::infinity());
  result = select(x == infinity, infinity, result);
  result = select(x == V::zero(), -infinity, result);
  result = select(x < V::zero(), V::splat(std::numeric_limits<float>::quiet_NaN()), result);
  return select(x == x, result, x);
}

template <Lanes V>
inline V tanh(V x) {
  const V one = V::splat(1.0f);
  const V size = abs(x);
  const V z = x * x;
  const V small = (detail::polynomial(z, detail::kTanh) * z) * x + x;
  const V large = one - V::splat(2.0f) / (exp(size + size) + one);
  return copysign(select(size < V::splat(0.625f), small, large), x);  // keeps the sign of -0
}

// The error function, 2/√π·∫₀ˣ e^(-t²) dt. For x > 1 it is 1 - e^(-x²)/x·P(1/x²), which is 1 from
// 3.92 on.
template <Lanes V>
inline V erf(V x) {
  const V one = V::splat(1.0f);
  const V size = abs(x);
  const V z = x * x;
  const V small = x * detail::polynomial(z, detail::kErf);
  const V q = one / size;
  const V w = q * q;
  const V factor = select(size < V::splat(2.0f), detail::polynomial(w, detail::kErfcNear),
                          detail::polynomial(w, detail::kErfcFar));
  const V large = one - (exp(-z) * q) * factor;
  return copysign(select(size < one, small, large), x);  // keeps the sign of -0
}

// 1 / (1 + e^-x). It cannot overflow, because e^-|x| <= 1.
template <Lanes V>
inline V sigmoid(V x) {
  const V one = V::splat(1.0f);
  const V e = exp(-abs(x));
  return select(x < V::zero(), e, one) / (one + e);
}

// log(1 + e) for e in [0, 1]: the logarithm of the rounded sum plus a correction for the rounding.
template <Lanes V>
inline V log1p_unit(V e) {
  const V one = V::splat(1.0f);
  const V u = one + e;
  return log(u) + (e - (u - one)) / u;
}

// log(1 + e^x) = max(x, 0) + log(1 + e^-|x|). Does not overflow, and keeps small values.
template <Lanes V>
inline V softplus(V x) {
  return pmax(x, V::zero()) + log1p_unit(exp(-abs(x)));
}

// log(sigmoid(x)).
template <Lanes V>
inline V log_sigmoid(V x) {
  return -softplus(-x);
}

// The sine and cosine of x in radians, |x| <= 8192. Beyond, the result is meaningless; infinities
// give NaN. The sign of sin(-0) is lost.
template <Lanes V>
inline V sin(V x) {
  return detail::sine(x, 0.0f);
}
template <Lanes V>
inline V cos(V x) {
  return detail::sine(x, 1.0f);
}

// One float, through the same code.
inline float exp(float x) { return lane<0>(exp(f32x4::splat(x))); }
inline float log(float x) { return lane<0>(log(f32x4::splat(x))); }
inline float tanh(float x) { return lane<0>(tanh(f32x4::splat(x))); }
inline float erf(float x) { return lane<0>(erf(f32x4::splat(x))); }
inline float sigmoid(float x) { return lane<0>(sigmoid(f32x4::splat(x))); }
inline float sin(float x) { return lane<0>(sin(f32x4::splat(x))); }
inline float cos(float x) { return lane<0>(cos(f32x4::splat(x))); }
inline float softplus(float x) { return lane<0>(softplus(f32x4::splat(x))); }
inline float log_sigmoid(float x) { return lane<0>(log_sigmoid(f32x4::splat(x))); }

}  // namespace downhill::simd
