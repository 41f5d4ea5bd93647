// Converts decimal digits to the nearest float, exactly: the arithmetic behind parse_float. strtof
// depends on the locale, and std::from_chars of libc++ 19 has no overload for floats. Knows no
// text.
#pragma once

#include <cstdint>
#include <span>

namespace downhill {

// The float nearest to 0.d₁d₂d₃… · 10^exponent, ties to even; infinity if that is too large. Each
// digit is 0..9; there may be any number of them.
float decimal_to_float(std::span<const uint8_t> digits, int64_t exponent);

}  // namespace downhill
