#include "simd/f32x4.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <vector>

#include "simd/math.hpp"
#include "support/random.hpp"

using namespace downhill;
namespace active = downhill::simd::active;
namespace scalar = downhill::simd::scalar;

namespace {

// Every special value, its neighbours, and many random bit patterns: subnormals, huge values, NaNs.
std::vector<float> patterns() {
  std::vector<float> values;
  for (uint32_t magnitude :
       {0x00000000u, 0x00000001u, 0x00000002u, 0x007fffffu, 0x00800000u, 0x00800001u,
        0x3effffffu, 0x3f000000u, 0x3f000001u, 0x3f800000u, 0x3f800001u, 0x40000000u,
        0x40490fdbu, 0x42b17218u, 0x4b800000u, 0x4f000000u, 0x7f7fffffu, 0x7f800000u,
        0x7fc00000u, 0x7fc12345u, 0x7f800001u}) {
    values.push_back(std::bit_cast<float>(magnitude));
    values.push_back(std::bit_cast<float>(magnitude | 0x80000000u));
  }
  Rng rng = Rng(1).split("patterns");
  while (values.size() < 4000) values.push_back(std::bit_cast<float>(rng.bits()));
  while (values.size() < 6000) values.push_back(rng.normal() * 10.0f);
  return values;
}

enum class NaNs {
  any,
  exact
};  // `exact`: the operation moves bits, so even a NaN must arrive unchanged

void compare(const char* name, active::f32x4 got, scalar::f32x4 want, NaNs nans) {
  float a[4], b[4];
  store(a, got);
  store(b, want);
  for (int i = 0; i < 4; ++i) {
    const bool same =
        nans == NaNs::exact ? test::bits(a[i]) == test::bits(b[i]) : test::same_bits(a[i], b[i]);
    // Only failures are reported, because there are millions of comparisons.
    if (!same)
      FAIL_CHECK(name << " lane " << i << ": " << test::bits(a[i]) << " for " << test::bits(b[i]));
  }
}

// Runs `op`, generic over the implementation, on all patterns in groups of four.
template <class Op>
void compare_unary(const char* name, NaNs nans, Op op) {
  const std::vector<float> values = patterns();
  for (size_t i = 0; i + 4 <= values.size(); ++i) {
    const float* p = values.data() + i;
    compare(name, op(active::f32x4::load(p)), op(scalar::f32x4::load(p)), nans);
  }
}

template <class Op>
void compare_binary(const char* name, NaNs nans, Op op) {
  const std::vector<float> values = patterns();
  constexpr size_t kSpecial = 42;
  // Every special value against every other, then random ones against each other.
  for (size_t i = 0; i < kSpecial; ++i) {
    for (size_t j = 0; j + 4 <= kSpecial; ++j) {
      const float* p = values.data() + j;
      compare(name, op(active::f32x4::splat(values[i]), active::f32x4::load(p)),
              op(scalar::f32x4::splat(values[i]), scalar::f32x4::load(p)), nans);
    }
  }
  for (size_t i = 0; i + 8 <= values.size(); ++i) {
    const float *p = values.data() + i, *q = values.data() + (i * 7 + 4) % (values.size() - 4);
    compare(name, op(active::f32x4::load(p), active::f32x4::load(q)),
            op(scalar::f32x4::load(p), scalar::f32x4::load(q)), nans);
  }
}

// The lanes of a mask as numbers.
template <class V, class Mask>
V shown(Mask mask) {
  return select(mask, V::splat(1.0f), V::zero());
}

}  // namespace

TEST_CASE("arithmetic of the active machine equals the scalar one bit for bit") {
  compare_binary("+", NaNs::any, [](auto a, auto b) { return a + b; });
  compare_binary("-", NaNs::any, [](auto a, auto b) { return a - b; });
  compare_binary("*", NaNs::any, [](auto a, auto b) { return a * b; });
  compare_binary("/", NaNs::any, [](auto a, auto b) { return a / b; });
  compare_unary("sqrt", NaNs::any, [](auto a) { return sqrt(a); });
}

TEST_CASE("a sum with a product is rounded twice: there is no FMA") {
  // (1 + 2^-12)² - (1 + 2^-11) is 2^-24 exactly; rounding the product first loses it.
  const float a = 1.0f + 0x1p-12f;
  const auto x = active::f32x4::splat(a);
  CHECK(simd::active::lane<0>(x * x - active::f32x4::splat(1.0f + 0x1p-11f)) == 0.0f);
}

TEST_CASE("moves of bits keep NaNs and the sign of zero") {
  compare_unary("neg", NaNs::exact, [](auto a) { return -a; });
  compare_unary("abs", NaNs::exact, [](auto a) { return abs(a); });
  compare_binary("copysign", NaNs::exact, [](auto a, auto b) { return copysign(a, b); });
  compare_binary("pmin", NaNs::exact, [](auto a, auto b) { return pmin(a, b); });
  compare_binary("pmax", NaNs::exact, [](auto a, auto b) { return pmax(a, b); });
  compare_binary("one_where", NaNs::exact, [](auto a, auto b) { return one_where(a < b); });
  compare_binary("zero_where", NaNs::exact, [](auto a, auto b) { return zero_where(a < b, b); });
  compare_binary("select", NaNs::exact, [](auto a, auto b) { return select(a < b, a, b); });
}

TEST_CASE("pmax(x, 0) keeps NaN and -0, as the contract says") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const auto y = pmax(active::f32x4::set(nan, -0.0f, -1.0f, 2.0f), active::f32x4::zero());
  CHECK(active::lane<0>(y) != active::lane<0>(y));
  CHECK(test::bits(active::lane<1>(y)) == 0x80000000u);
  CHECK(active::lane<2>(y) == 0.0f);
  CHECK(active::lane<3>(y) == 2.0f);
}

TEST_CASE("comparisons and masks of the active machine equal the scalar ones") {
  compare_binary("==", NaNs::exact, [](auto a, auto b) { return shown<decltype(a)>(a == b); });
  compare_binary("!=", NaNs::exact, [](auto a, auto b) { return shown<decltype(a)>(a != b); });
  compare_binary("<", NaNs::exact, [](auto a, auto b) { return shown<decltype(a)>(a < b); });
  compare_binary("<=", NaNs::exact, [](auto a, auto b) { return shown<decltype(a)>(a <= b); });
  compare_binary(">", NaNs::exact, [](auto a, auto b) { return shown<decltype(a)>(a > b); });
  compare_binary(">=", NaNs::exact, [](auto a, auto b) { return shown<decltype(a)>(a >= b); });
  compare_binary("masks", NaNs::exact, [](auto a, auto b) {
    using V = decltype(a);
    return shown<V>(((a < b) | (a == b)) & ~(b < V::zero()));
  });
  compare_binary("any, all", NaNs::exact, [](auto a, auto b) {
    using V = decltype(a);
    return V::set(any(a < b), all(a < b), any(a == a), all(a == a));
  });
}

TEST_CASE("the bit fields of a float are read and written as the scalar machine does") {
  compare_unary("exponent", NaNs::exact, [](auto a) { return exponent(a); });
  compare_unary("fraction", NaNs::exact, [](auto a) { return fraction(a); });
  for (int n = -150; n <= 150; ++n) {
    compare_unary("add_exponent", NaNs::exact, [n](auto a) {
      return add_exponent(a, decltype(a)::splat(static_cast<float>(n)));
    });
  }
  // The fields have their documented meaning.
  Rng rng(3);
  for (int i = 0; i < 1000; ++i) {
    const float x = std::abs(rng.normal()) + 0x1p-100f;
    const auto v = active::f32x4::splat(x);
    const float f = active::lane<0>(fraction(v));
    CHECK(f >= 0.5f);
    CHECK(f < 1.0f);
    CHECK(active::lane<0>(add_exponent(fraction(v), exponent(v))) == x);
    CHECK(active::lane<0>(add_exponent(v, active::f32x4::splat(-7.0f))) == x / 128.0f);
  }
}

TEST_CASE("lanes are summed in the documented tree and transposed") {
  compare_unary("sum", NaNs::any, [](auto a) { return decltype(a)::splat(sum(a)); });
  CHECK(sum(active::f32x4::set(1e30f, 1.0f, -1e30f, 2.0f)) == 3.0f);  // (l0 + l2) + (l1 + l3)
  compare_unary("lanes", NaNs::exact, [](auto a) {
    return decltype(a)::set(lane<3>(a), lane<2>(a), lane<1>(a), lane<0>(a));
  });
  compare_unary("splats", NaNs::exact, [](auto a) { return select(a < a, a, splat_lane<2>(a)); });
  auto a = active::f32x4::set(0, 1, 2, 3), b = active::f32x4::set(4, 5, 6, 7);
  auto c = active::f32x4::set(8, 9, 10, 11), d = active::f32x4::set(12, 13, 14, 15);
  transpose(a, b, c, d);
  float rows[16];
  store(rows, a);
  store(rows + 4, b);
  store(rows + 8, c);
  store(rows + 12, d);
  for (int i = 0; i < 16; ++i) CHECK(rows[i] == static_cast<float>(i % 4 * 4 + i / 4));
}

TEST_CASE("partial loads and stores touch only their lanes") {
  for (uint32_t count = 0; count <= 4; ++count) {
    // Exactly `count` floats on the heap, so that the sanitizer sees an access past the end.
    std::vector<float> exact(count);
    for (uint32_t i = 0; i < count; ++i) exact[i] = static_cast<float>(i + 1);
    const auto v = active::f32x4::load_partial(exact.data(), count);
    float lanes[4];
    store(lanes, v);
    for (uint32_t i = 0; i < 4; ++i)
      CHECK(lanes[i] == (i < count ? static_cast<float>(i + 1) : 0.0f));
    std::vector<float> out(count);
    store_partial(out.data(), v, count);
    CHECK(out == exact);
    float guarded[4] = {-1, -1, -1, -1};
    store_partial(guarded, active::f32x4::splat(9.0f), count);
    for (uint32_t i = 0; i < 4; ++i) CHECK(guarded[i] == (i < count ? 9.0f : -1.0f));
  }
}

TEST_CASE("loads and stores need no alignment") {
  float buffer[9] = {0, 1, 2, 3, 4, 5, 6, 7, 8};
  for (int offset = 0; offset < 4; ++offset) {
    CHECK(active::lane<3>(active::f32x4::load(buffer + offset)) == static_cast<float>(offset + 3));
  }
}

TEST_CASE("functions of the active machine equal the scalar ones bit for bit") {
  compare_unary("exp", NaNs::any, [](auto a) { return simd::exp(a); });
  compare_unary("log", NaNs::any, [](auto a) { return simd::log(a); });
  compare_unary("tanh", NaNs::any, [](auto a) { return simd::tanh(a); });
  compare_unary("sin", NaNs::any, [](auto a) { return simd::sin(a); });
  compare_unary("cos", NaNs::any, [](auto a) { return simd::cos(a); });
  compare_unary("erf", NaNs::any, [](auto a) { return simd::erf(a); });
  compare_unary("sigmoid", NaNs::any, [](auto a) { return simd::sigmoid(a); });
  compare_unary("softplus", NaNs::any, [](auto a) { return simd::softplus(a); });
  compare_unary("log_sigmoid", NaNs::any, [](auto a) { return simd::log_sigmoid(a); });
}

TEST_CASE_TEMPLATE("eight bytes become eight numbers, each of 256 exactly", Times,
                   std::integral_constant<uint16_t, 1>, std::integral_constant<uint16_t, 3>,
                   std::integral_constant<uint16_t, 257>) {
  uint8_t bytes[8];
  for (int first = 0; first < 256; ++first) {
    for (int i = 0; i < 8; ++i) bytes[i] = static_cast<uint8_t>(first + 37 * i);
    active::f32x4 low, high;
    active::load_bytes<Times::value>(bytes, low, high);
    float numbers[8];
    store(numbers, low);
    store(numbers + 4, high);
    for (int i = 0; i < 8; ++i) {
      CHECK(numbers[i] == static_cast<float>(Times::value) * static_cast<float>(bytes[i]));
    }
  }
}

TEST_CASE("sixteen bytes become bits, 1 for those above zero, the first byte the lowest") {
  uint8_t bytes[16] = {};
  CHECK(active::bytes_above_zero(bytes) == 0);
  for (uint32_t i = 0; i < 16; ++i) {
    for (int value : {1, 127, 128, 255}) {
      bytes[i] = static_cast<uint8_t>(value);
      CHECK(active::bytes_above_zero(bytes) == 1u << i);
    }
    bytes[i] = 0;
  }
  Rng rng(5);
  for (int times = 0; times < 200; ++times) {
    for (uint8_t& byte : bytes) byte = static_cast<uint8_t>(rng.below(2) * rng.below(256));
    CHECK(active::bytes_above_zero(bytes) == scalar::bytes_above_zero(bytes));
  }
}
