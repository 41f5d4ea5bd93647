// Compares tensor files to the bit, NaN payloads included, which float equality cannot.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

#include "files/safetensors.hpp"

namespace downhill::test {

inline bool same_bits(const FileTensor& a, const FileTensor& b) {
  const auto bits = [](float x, float y) {
    return std::bit_cast<uint32_t>(x) == std::bit_cast<uint32_t>(y);
  };
  return a.name == b.name && a.shape == b.shape &&
         std::equal(a.values.begin(), a.values.end(), b.values.begin(), b.values.end(), bits);
}

inline bool same_bits(const TensorFile& a, const TensorFile& b) {
  return a.metadata == b.metadata &&
         std::equal(a.tensors.begin(), a.tensors.end(), b.tensors.begin(), b.tensors.end(),
                    [](const FileTensor& x, const FileTensor& y) { return same_bits(x, y); });
}

}  // namespace downhill::test
