#include "files/float_formats.hpp"

#include <bit>

namespace downhill {
namespace {

constexpr uint32_t kInfinity = 0x7f800000;
constexpr uint32_t kQuiet = 0x00400000;

float join(uint32_t sign, uint32_t rest) { return std::bit_cast<float>(sign << 31 | rest); }

// `value` / 2^shift as an integer, rounded to nearest, ties to even. 1 <= shift <= 63.
uint64_t shift_to_nearest(uint64_t value, uint32_t shift) {
  const uint64_t half = uint64_t{1} << (shift - 1);
  const uint64_t rest = value & (2 * half - 1);
  const uint64_t whole = value >> shift;
  return whole + (rest > half || (rest == half && (whole & 1) != 0) ? 1 : 0);
}

}  // namespace

// 1 bit of sign, 5 of exponent (bias 15), 10 of mantissa.
float float_from_half(uint16_t bits) {
  const uint32_t sign = bits >> 15, exponent = bits >> 10 & 31, mantissa = bits & 1023;
  if (exponent == 31) return join(sign, kInfinity | mantissa << 13 | (mantissa != 0 ? kQuiet : 0));
  if (exponent != 0) return join(sign, (exponent + 127 - 15) << 23 | mantissa << 13);
  if (mantissa == 0) return join(sign, 0);
  // A subnormal half, mantissa · 2^-24, is a normal float: its leading bit becomes the hidden one.
  const uint32_t leading = 31 - static_cast<uint32_t>(std::countl_zero(mantissa));
  return join(sign, (127 - 24 + leading) << 23 | (mantissa << (23 - leading) & 0x7fffff));
}

float float_from_bfloat16(uint16_t bits) { return std::bit_cast<float>(uint32_t{bits} << 16); }

// 1 bit of sign, 11 of exponent (bias 1023), 52 of mantissa.
float float_from_double(uint64_t bits) {
  const uint32_t sign = static_cast<uint32_t>(bits >> 63);
  const uint32_t exponent = static_cast<uint32_t>(bits >> 52 & 2047);
  const uint64_t mantissa = bits & ((uint64_t{1} << 52) - 1);
  if (exponent == 2047) {
    const uint32_t payload = static_cast<uint32_t>(mantissa >> 29) | (mantissa != 0 ? kQuiet : 0);
    return join(sign, kInfinity | payload);
  }
  // The biased exponent of a float if its field were wide enough: from 255 on the float is
  // infinite.
  const int32_t wanted = static_cast<int32_t>(exponent) - 1023 + 127;
  if (wanted >= 255) return join(sign, kInfinity);
  if (wanted < -23) return join(sign, 0);  // below 2^-150, half of the smallest float
  // If rounding carries out of the mantissa it increments the exponent, which is correct.
  if (wanted >= 1) {
    const uint64_t rounded = shift_to_nearest(uint64_t{exponent} << 52 | mantissa, 29);
    return join(sign, static_cast<uint32_t>(rounded - (uint64_t{1023 - 127} << 23)));
  }
  // A subnormal float in units of 2^-149: here the hidden bit is part of the mantissa.
  const uint64_t whole = uint64_t{1} << 52 | mantissa;
  return join(sign,
              static_cast<uint32_t>(shift_to_nearest(whole, static_cast<uint32_t>(30 - wanted))));
}

}  // namespace downhill
