// Random test data, and comparison by bits.
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "base/rng.hpp"

namespace downhill::test {

inline uint32_t bits(float x) { return std::bit_cast<uint32_t>(x); }

// Equal to the bit, except that any NaN equals any NaN: its payload may differ between machines.
inline bool same_bits(float a, float b) { return bits(a) == bits(b) || (a != a && b != b); }

// The first index at which the bits of two arrays differ, or -1.
inline int64_t first_difference(std::span<const float> a, std::span<const float> b) {
  if (a.size() != b.size()) return 0;
  for (size_t i = 0; i < a.size(); ++i) {
    if (!same_bits(a[i], b[i])) return static_cast<int64_t>(i);
  }
  return -1;
}

inline std::vector<float> normals(Rng rng, size_t count) {
  std::vector<float> values(count);
  for (float& value : values) value = rng.normal();
  return values;
}

}  // namespace downhill::test
