#include "files/float_formats.hpp"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <limits>

#include "base/rng.hpp"
#include "support/random.hpp"

namespace downhill {
namespace {

// The definition of IEEE 754: (-1)^sign * 2^(exponent - bias) * (1 + mantissa / 2^10).
float half_by_definition(uint32_t bits) {
  const int exponent = static_cast<int>(bits >> 10 & 31);
  const int mantissa = static_cast<int>(bits & 1023);
  double size =
      exponent == 0 ? std::ldexp(mantissa, -24) : std::ldexp(1024 + mantissa, exponent - 25);
  if (exponent == 31) {
    size = mantissa == 0 ? std::numeric_limits<double>::infinity()
                         : std::numeric_limits<double>::quiet_NaN();
  }
  return static_cast<float>(bits >> 15 != 0 ? -size : size);
}

uint32_t of_double(uint64_t value) { return test::bits(float_from_double(value)); }

}  // namespace

TEST_CASE("every half float has the value of its definition") {
  size_t wrong = 0;
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    const float value = float_from_half(static_cast<uint16_t>(bits));
    wrong += !test::same_bits(value, half_by_definition(bits));
  }
  CHECK(wrong == 0);
}

TEST_CASE("every bfloat16 is the float with its bits in the upper half") {
  size_t wrong = 0;
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    wrong += test::bits(float_from_bfloat16(static_cast<uint16_t>(bits))) != bits << 16;
  }
  CHECK(wrong == 0);
}

TEST_CASE("a double becomes the float that the hardware makes of it") {
  Rng rng(1);
  size_t wrong = 0;
  const auto check = [&](uint64_t bits) {
    const float hardware = static_cast<float>(std::bit_cast<double>(bits));
    wrong += !test::same_bits(float_from_double(bits), hardware);
  };
  for (uint32_t i = 0; i < 200000; ++i) {
    const uint64_t random = rng.bits64();
    check(random);
    // Every exponent of a float and some beyond, with every kind of bits that are cut off.
    const uint64_t exponent = 1023 - 160 + i % 300;
    const uint64_t sign = random & uint64_t{1} << 63, mantissa = random >> 12;
    check(sign | exponent << 52 | mantissa);
    const uint32_t cut = 28 + static_cast<uint32_t>(random % 25);
    const uint64_t tie = mantissa >> cut << cut | uint64_t{1} << (cut - 1);
    for (const uint64_t near : {tie - 1, tie, tie + 1}) check(sign | exponent << 52 | near);
    check(sign | exponent << 52);
    check(sign | exponent << 52 | ((uint64_t{1} << 52) - 1));
  }
  CHECK(wrong == 0);
}

TEST_CASE("the edges of the float range, to nearest and ties to even") {
  const auto of = [](double value) { return of_double(std::bit_cast<uint64_t>(value)); };
  CHECK(of(0.0) == 0);
  CHECK(of(-0.0) == 0x80000000);
  CHECK(of(0x1.000001p0) == 0x3f800000);           // a tie, down to even
  CHECK(of(0x1.000003p0) == 0x3f800002);           // a tie, up to even
  CHECK(of(0x1.0000010000001p0) == 0x3f800001);    // just above a tie
  CHECK(of(0x1.fffffeffffffep127) == 0x7f7fffff);  // just below the tie with infinity
  CHECK(of(0x1.ffffffp127) == 0x7f800000);
  CHECK(of(0x1p-149) == 1);
  CHECK(of(0x1p-150) == 0);  // a tie with zero
  CHECK(of(0x1.0000000000001p-150) == 1);
  CHECK(of(-0x1.8p-149) == 0x80000002);
  CHECK(of(0x1.fffffcp-127) == 0x007fffff);  // the largest subnormal
  CHECK(of(0x1.fffffep-127) == 0x00800000);  // a tie with the smallest normal
  CHECK(of_double(1) == 0);
  CHECK(of_double(0x8000000000000001) == 0x80000000);
}

TEST_CASE("a NaN keeps its sign and the front of its payload, and comes out quiet") {
  CHECK(of_double(0x7ff8000000000000) == 0x7fc00000);
  CHECK(of_double(0xfff0000000000001) == 0xffc00000);
  CHECK(of_double(0x7ff5555555555555) == 0x7feaaaaa);
  CHECK(test::bits(float_from_half(0x7e00)) == 0x7fc00000);
  CHECK(test::bits(float_from_half(0xfc01)) == 0xffc02000);
  CHECK(test::bits(float_from_bfloat16(0xff81)) == 0xff810000);
}

}  // namespace downhill
