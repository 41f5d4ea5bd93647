// Numbers as people type them: with spaces around them, with a comma for the point, with the minus
// sign of the page. They have a range, and a text that is refused is refused for what it is: no
// number, none in the range, or too long to be one.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace downhill {

inline constexpr size_t kMaxNumberText = 64;  // bytes

// Without the spaces, tabs and line breaks around it, no-break spaces included.
std::string_view trimmed(std::string_view text);

// A number from `low` to `high`; NaN is outside every range. The message of the error is the end of
// a sentence: "'500' is outside 0.00001…100", "'fast' is not a number". "1,000" is refused, because
// it can be read as 1 and as 1000.
Result<float> typed_number(std::string_view text, float low, float high);
// A whole number from `least` to `most`.
Result<uint64_t> typed_count(std::string_view text, uint64_t least, uint64_t most);

// A bound of a range, without an exponent where a few digits do: 0.00001.
std::string print_bound(float bound);

}  // namespace downhill
