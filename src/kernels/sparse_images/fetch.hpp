// Prefetching by a loop. The images of a shuffled batch lie all over the memory; this lets the
// machine wait for many cache lines at once. Not for use outside kernels/.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace downhill::kernels {

// Reads one byte of every cache line of `count` pieces of memory, std::span<const std::byte>
// piece(i), so that about a dozen lines arrive at once. It reads equally many lines of each piece,
// more than a short one has and fewer than a long one has, because an unpredictable loop end costs
// more. The empty assembly keeps the compiler from removing the reads.
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
