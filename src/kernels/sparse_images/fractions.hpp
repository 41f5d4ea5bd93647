// Bytes as fractions 0, 1/255, … 1, computed without a table. Not for use outside kernels/.
#pragma once

#include <cstring>

#include "simd/f32x4.hpp"

namespace downhill::kernels {

// 3·byte·kThird is byte/255, correctly rounded, for all 256 bytes (tests/kernels compares them);
// byte·(1/255) is not.
inline constexpr float kThird = 1.0f / 765.0f;

// The values of eight bytes.
inline void load_fractions(const uint8_t* bytes, simd::f32x4& a, simd::f32x4& b) {
  const simd::f32x4 third = simd::f32x4::splat(kThird);
  load_bytes<3>(bytes, a, b);
  a = a * third;
  b = b * third;
}

// Whether a table of 256 values, one for each byte, holds these fractions.
inline bool are_fractions(const float* values) {
  uint32_t others = 0;
  for (uint32_t v = 0; v < 256; ++v) {
    others += values[v] != static_cast<float>(3 * v) * kThird ? 1 : 0;
  }
  return others == 0;
}

// to: [count], the values of the bytes. Precondition: `fractions` is are_fractions(map).
inline void write_values(float* to, const uint8_t* bytes, size_t count, const float* map,
                         bool fractions) {
  constexpr size_t kWord = 8;
  const simd::f32x4 zero = simd::f32x4::splat(map[0]);
  const auto word = [=](size_t k) {
    simd::f32x4 a = zero, b = zero;
    if (fractions) {
      load_fractions(bytes + k, a, b);
    } else if (uint64_t eight; std::memcpy(&eight, bytes + k, sizeof eight), eight != 0) {
      for (size_t j = k; j < k + kWord; ++j) to[j] = map[bytes[j]];
      return;
    }
    store(to + k, a);
    store(to + k + 4, b);
  };
  if (count < kWord) {
    for (size_t k = 0; k < count; ++k) to[k] = map[bytes[k]];
    return;
  }
  for (size_t k = 0; k + kWord < count; k += kWord) word(k);
  word(count - kWord);
}

}  // namespace downhill::kernels
