// To have the machine wait for many lines of the cache at once: what belongs to shuffled images
// lies all over the memory. Not for use outside kernels/.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace downhill::kernels {

// Reads a byte of every line of `count` pieces of memory, std::span<const std::byte> piece(i): this
// little loop waits for a dozen of them at once. It goes round as often for each piece, over short
// ones too often and over a few too seldom, for an end that nobody can foresee costs more. The
// empty assembly uses what it read, or it would be left out.
template <class Piece>
inline void fetch(uint32_t count, Piece piece) {
  constexpr size_t kLine = 64;  // bytes
  size_t size = 0;
  for (uint32_t i = 0; i < count; ++i) size += piece(i).size();
  const size_t most = count == 0 ? 0 : size / count * 5 / 4;
  uint32_t any = 0;
  for (uint32_t i = 0; i < count; ++i) {
    const std::span<const std::byte> bytes = piece(i);
    if (bytes.empty()) continue;
    for (size_t k = 0; k < most; k += kLine) {
      any |= static_cast<uint32_t>(bytes[std::min(k, bytes.size() - 1)]);
    }
  }
  asm volatile("" : : "r"(any));
}

}  // namespace downhill::kernels
