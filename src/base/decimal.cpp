#include "base/decimal.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>

namespace downhill {
namespace {

// An unsigned integer of up to 1,280 bits. That is enough for 120 digits (399 bits) times 10^165
// (549 bits), shifted left by up to 180 bits.
class Natural {
 public:
  void multiply_add(uint32_t factor, uint32_t addend) {
    uint64_t carry = addend;
    for (uint32_t& limb : limbs_) {
      carry += uint64_t{limb} * factor;
      limb = static_cast<uint32_t>(carry);
      carry >>= 32;
    }
  }
  void shift_left(uint32_t bits) {
    const size_t whole = bits / 32;
    const uint32_t part = bits % 32;
    for (size_t i = limbs_.size(); i-- > 0;) {
      const uint64_t high = i >= whole ? limbs_[i - whole] : 0;
      const uint64_t low = i >= whole + 1 ? limbs_[i - whole - 1] : 0;
      limbs_[i] = static_cast<uint32_t>(((high << 32 | low) << part) >> 32);
    }
  }
  bool at_least(const Natural& other) const {
    return !std::lexicographical_compare(limbs_.rbegin(), limbs_.rend(), other.limbs_.rbegin(),
                                         other.limbs_.rend());
  }
  void subtract(const Natural& other) {
    int64_t borrow = 0;
    for (size_t i = 0; i < limbs_.size(); ++i) {
      borrow += int64_t{limbs_[i]} - int64_t{other.limbs_[i]};
      limbs_[i] = static_cast<uint32_t>(borrow);
      borrow >>= 32;
    }
  }
  bool is_zero() const {
    return std::ranges::all_of(limbs_, [](uint32_t limb) { return limb == 0; });
  }
  int bit_length() const {
    for (size_t i = limbs_.size(); i-- > 0;) {
      if (limbs_[i] != 0) return static_cast<int>(32 * i) + std::bit_width(limbs_[i]);
    }
    return 0;
  }

 private:
  std::array<uint32_t, 40> limbs_{};  // least significant first
};

// At most 113 digits decide a float (the midpoint of two subnormals needs them all); of the digits
// beyond, only whether they are all zero matters.
constexpr size_t kDigits = 120;

// The float nearest to numerator / denominator.
float divide(Natural numerator, Natural denominator) {
  // Choose e so that the quotient of numerator·2^-e and denominator has 25 or 26 bits, but is never
  // finer than half the smallest subnormal: 24 bits of mantissa, one for rounding, and the
  // remainder as the sticky bit.
  int e = std::max(numerator.bit_length() - denominator.bit_length() - 25, -150);
  if (e < 0) numerator.shift_left(static_cast<uint32_t>(-e));
  if (e > 0) denominator.shift_left(static_cast<uint32_t>(e));
  denominator.shift_left(26);
  uint64_t quotient = 0;
  for (int bit = 0; bit <= 26; ++bit) {
    quotient <<= 1;
    if (numerator.at_least(denominator)) {
      numerator.subtract(denominator);
      quotient |= 1;
    }
    numerator.shift_left(1);
  }
  bool sticky = !numerator.is_zero();
  // Reduce to 24 bits and a rounding bit.
  while (quotient >> 25 != 0) {
    sticky = sticky || (quotient & 1) != 0;
    quotient >>= 1;
    ++e;
  }
  const bool half = (quotient & 1) != 0;
  uint64_t mantissa = quotient >> 1;
  ++e;
  if (half && (sticky || (mantissa & 1) != 0)) ++mantissa;
  // mantissa·2^e with e >= -149: two exact multiplications, or one overflow.
  const float high = static_cast<float>(mantissa);
  if (e > 104) return std::numeric_limits<float>::infinity();
  const auto power = [](int n) {
    return std::bit_cast<float>(static_cast<uint32_t>(n + 127) << 23);
  };
  return e < -100 ? high * power(e + 60) * power(-60) : high * power(e);
}

}  // namespace

float decimal_to_float(std::span<const uint8_t> digits, int64_t exponent) {
  while (!digits.empty() && digits.front() == 0) {
    digits = digits.subspan(1);
    --exponent;
  }
  while (!digits.empty() && digits.back() == 0) digits = digits.first(digits.size() - 1);
  if (digits.empty() || exponent < -45)
    return 0.0f;  // below 10^-45; half the smallest is 0.7·10^-45
  if (exponent > 39) return std::numeric_limits<float>::infinity();

  Natural numerator, denominator;
  denominator.multiply_add(1, 1);
  const size_t used = std::min(digits.size(), kDigits);
  for (size_t i = 0; i < used; ++i) numerator.multiply_add(10, digits[i]);
  if (used < digits.size()) {
    numerator.multiply_add(10, 1);  // a 1 stands for the digits left out
    --exponent;
  }
  for (int64_t n = exponent - static_cast<int64_t>(used); n > 0; --n) numerator.multiply_add(10, 0);
  for (int64_t n = exponent - static_cast<int64_t>(used); n < 0; ++n)
    denominator.multiply_add(10, 0);
  return divide(numerator, denominator);
}

}  // namespace downhill
