// To have the machine wait for many lines of the cache at once: what belongs to shuffled images
// lies all over the memory. Not for use outside kernels/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace downhill::kernels {

inline constexpr size_t kLine = 64;  // bytes

// Reads one item of every line of some lists: this little loop waits for a dozen of them at once.
// Gives number(item) of all of these, joined by "or", of which the caller has to use a bit, or the
// loop would be left out.
template <class T, class Number>
inline uint32_t fetch(const std::span<const T>* lists, uint32_t count, Number number) {
  uint32_t any = 0;
  for (uint32_t i = 0; i < count; ++i) {
    for (size_t k = 0; k < lists[i].size(); k += kLine / sizeof(T)) any |= number(lists[i][k]);
  }
  return any;
}

// The same of images. Their bytes have no bit that is always 0; an empty assembly uses them.
inline void fetch_images(const uint8_t* const* images, uint32_t count, size_t size) {
  uint32_t any = 0;
  for (uint32_t i = 0; i < count; ++i) {
    for (size_t k = 0; k < size; k += kLine) any |= images[i][k];
  }
  asm volatile("" : : "r"(any));
}

}  // namespace downhill::kernels
