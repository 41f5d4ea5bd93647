// To have the machine wait for many lines of the cache at once. Not for use outside kernels/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace downhill::kernels {

// Reads one item of every line of some lists: those of shuffled images lie all over the memory, and
// this little loop waits for a dozen of them at once. Gives number(item) of all of these, joined by
// "or", of which the caller has to use a bit, or the loop would be left out.
template <class T, class Number>
inline uint32_t fetch(const std::span<const T>* lists, uint32_t count, Number number) {
  constexpr size_t kLine = 64;  // bytes
  uint32_t any = 0;
  for (uint32_t i = 0; i < count; ++i) {
    for (size_t k = 0; k < lists[i].size(); k += kLine / sizeof(T)) any |= number(lists[i][k]);
  }
  return any;
}

}  // namespace downhill::kernels
