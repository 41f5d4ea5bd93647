// Loops over vectors whose sums stay in registers. Registers have no addresses, so the number of
// vectors must be known at compile time. For the sources of kernels only.
#pragma once

#include <cstdint>
#include <type_traits>
#include <utility>

namespace downhill::kernels {

template <uint32_t kNumber>
using Constant = std::integral_constant<uint32_t, kNumber>;

// Calls f(Constant<count>, first) for the parts of `vectors` vectors: as few as possible, of nearly
// equal length, at most kMost.
template <uint32_t kMost, class F>
inline void for_each_part(uint32_t vectors, F f) {
  uint32_t parts = (vectors + kMost - 1) / kMost;
  for (uint32_t first = 0; parts > 0; --parts) {
    const uint32_t count = (vectors - first + parts - 1) / parts;
    [&]<uint32_t... kLess>(std::integer_sequence<uint32_t, kLess...>) {
      ((count == kLess + 1 ? f(Constant<kLess + 1>(), first) : void()), ...);
    }
    (std::make_integer_sequence<uint32_t, kMost>());
    first += count;
  }
}

}  // namespace downhill::kernels
