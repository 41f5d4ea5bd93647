#include "simd/math.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "support/random.hpp"

using namespace downhill;
using namespace downhill::simd;

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

// The error against the double precision libm, in units of the last place (ulp) of a float.
double ulps(float got, double want) {
  if (std::isinf(got) || std::abs(want) > static_cast<double>(std::numeric_limits<float>::max())) {
    return std::isinf(got) && std::abs(want) >= 3.4028234e38 ? 0 : 1e9;
  }
  int exponent;
  std::frexp(want, &exponent);
  return std::abs(static_cast<double>(got) - want) / std::ldexp(1.0, std::max(exponent - 24, -149));
}

// The largest error of `f` over every `step`-th float between two bit patterns, and its argument.
struct Worst {
  double error = 0;
  float at = 0;
};
template <class F, class G>
Worst worst(F f, G exact, float from, float to, uint32_t step) {
  Worst result;
  for (uint32_t pattern = test::bits(from); pattern <= test::bits(to); pattern += step) {
    const float x = std::bit_cast<float>(pattern);
    const double error = ulps(f(x), exact(static_cast<double>(x)));
    if (!(error <= result.error)) result = {error, x};
  }
  return result;
}
template <class F, class G>
void check_within(double limit, F f, G exact, float from, float to, uint32_t step = 4001) {
  const Worst w = worst(f, exact, from, to, step);
  INFO("worst at " << w.at);
  CHECK(w.error <= limit);
}

double true_sigmoid(double x) { return 1 / (1 + std::exp(-x)); }
double true_softplus(double x) { return std::log1p(std::exp(-std::abs(x))) + std::max(x, 0.0); }

}  // namespace

TEST_CASE("exp is accurate to its documented error and exact at the ends of its range") {
  const auto f = [](float x) { return simd::exp(x); };
  const auto g = [](double x) { return std::exp(x); };
  check_within(kMaxUlpExp, f, g, 0x1p-30f, 88.7228317f);
  check_within(kMaxUlpExp, f, g, -0x1p-30f, -87.3365402f);
  CHECK(simd::exp(0.0f) == 1.0f);
  CHECK(simd::exp(-0.0f) == 1.0f);
  CHECK(std::isfinite(simd::exp(88.7228317f)));
  CHECK(simd::exp(88.7228394f) == kInfinity);
  CHECK(simd::exp(kInfinity) == kInfinity);
  CHECK(simd::exp(1e30f) == kInfinity);
  CHECK(simd::exp(-87.3365402f) >= 0x1p-126f);
  CHECK(simd::exp(-87.3365479f) == 0.0f);
  CHECK(simd::exp(-kInfinity) == 0.0f);
  CHECK(simd::exp(-1e30f) == 0.0f);
  CHECK(std::isnan(simd::exp(kNaN)));
}

TEST_CASE("log is accurate to its documented error, for subnormals too") {
  const auto f = [](float x) { return simd::log(x); };
  const auto g = [](double x) { return std::log(x); };
  check_within(kMaxUlpLog, f, g, 1e-45f, 3.4e38f);
  check_within(kMaxUlpLog, f, g, 0.9f, 1.1f, 101);
  CHECK(simd::log(1.0f) == 0.0f);
  CHECK(simd::log(0.0f) == -kInfinity);
  CHECK(simd::log(-0.0f) == -kInfinity);
  CHECK(std::isnan(simd::log(-1.0f)));
  CHECK(std::isnan(simd::log(-kInfinity)));
  CHECK(simd::log(kInfinity) == kInfinity);
  CHECK(std::isnan(simd::log(kNaN)));
}

TEST_CASE("tanh is accurate to its documented error and odd") {
  const auto f = [](float x) { return simd::tanh(x); };
  const auto g = [](double x) { return std::tanh(x); };
  check_within(kMaxUlpTanh, f, g, 1e-30f, 20.0f);
  check_within(kMaxUlpTanh, f, g, -1e-30f, -20.0f);
  CHECK(simd::tanh(100.0f) == 1.0f);
  CHECK(simd::tanh(-kInfinity) == -1.0f);
  CHECK(test::bits(simd::tanh(-0.0f)) == test::bits(-0.0f));
  CHECK(std::isnan(simd::tanh(kNaN)));
}

TEST_CASE("erf is accurate to its documented error, odd, and 1 from 3.92 on") {
  const auto f = [](float x) { return simd::erf(x); };
  const auto g = [](double x) { return std::erf(x); };
  check_within(kMaxUlpErf, f, g, 1e-30f, 20.0f);
  check_within(kMaxUlpErf, f, g, -1e-30f, -20.0f);
  check_within(kMaxUlpErf, f, g, 0.9f, 2.1f, 101);
  CHECK(simd::erf(3.92f) == 1.0f);
  CHECK(simd::erf(1e30f) == 1.0f);
  CHECK(simd::erf(kInfinity) == 1.0f);
  CHECK(simd::erf(-kInfinity) == -1.0f);
  CHECK(test::bits(simd::erf(-0.0f)) == test::bits(-0.0f));
  CHECK(std::isnan(simd::erf(kNaN)));
}

TEST_CASE("sigmoid is accurate to its documented error and reaches 0 and 1 without overflow") {
  const auto f = [](float x) { return simd::sigmoid(x); };
  check_within(kMaxUlpSigmoid, f, true_sigmoid, 1e-30f, 100.0f);
  check_within(kMaxUlpSigmoid, f, true_sigmoid, -1e-30f, -87.0f);
  CHECK(simd::sigmoid(0.0f) == 0.5f);
  CHECK(simd::sigmoid(kInfinity) == 1.0f);
  CHECK(simd::sigmoid(-kInfinity) == 0.0f);
  CHECK(simd::sigmoid(-1000.0f) == 0.0f);
  CHECK(std::isnan(simd::sigmoid(kNaN)));
}

TEST_CASE("softplus and log_sigmoid keep small values and large ones") {
  const auto f = [](float x) { return simd::softplus(x); };
  check_within(kMaxUlpSoftplus, f, true_softplus, 1e-30f, 1e30f);
  check_within(kMaxUlpSoftplus, f, true_softplus, -1e-30f, -87.0f);
  CHECK(simd::softplus(-80.0f) > 0.0f);
  CHECK(simd::softplus(1e30f) == 1e30f);
  CHECK(simd::softplus(kInfinity) == kInfinity);
  CHECK(simd::softplus(-kInfinity) == 0.0f);
  CHECK(simd::log_sigmoid(-1e30f) == -1e30f);
  CHECK(simd::log_sigmoid(0.5f) == -simd::softplus(-0.5f));
  CHECK(std::isnan(simd::softplus(kNaN)));
}

TEST_CASE("sin and cos are accurate to their documented errors, and exact where it matters") {
  const float half_pi = 1.5707963f;
  const auto f = [](float x) { return simd::sin(x); };
  const auto g = [](double x) { return std::sin(x); };
  check_within(kMaxUlpSin, f, g, 1e-30f, half_pi);
  check_within(kMaxUlpSin, f, g, -1e-30f, -half_pi);
  double error = 0;
  for (float x = -8192.0f; x <= 8192.0f; x += 0.0703f) {
    const double exact = static_cast<double>(x);
    error = std::max(error, std::abs(static_cast<double>(simd::sin(x)) - std::sin(exact)));
    error = std::max(error, std::abs(static_cast<double>(simd::cos(x)) - std::cos(exact)));
  }
  CHECK(error <= kMaxErrorSinCos);
  CHECK(simd::sin(0.0f) == 0.0f);
  CHECK(simd::cos(0.0f) == 1.0f);
  CHECK(simd::sin(half_pi) == 1.0f);
  CHECK(simd::cos(2 * half_pi) == -1.0f);
  CHECK(std::isnan(simd::sin(kInfinity)));
  CHECK(std::isnan(simd::cos(kNaN)));
}
