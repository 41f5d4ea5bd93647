// Numbers to text and back, the same on every machine: no locale, no stream, no rounding surprises.
// Parsers are strict (the whole text is the number, no spaces, no sign where none belongs) and
// refuse with a sentence.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace downhill {

// Decimal digits only. Leading zeros are allowed, a sign is not.
Result<uint32_t> parse_u32(std::string_view text);
Result<uint64_t> parse_u64(std::string_view text);

// -12, 3.5, .5, 1e-5, inf, -inf, nan. Rounded to nearest, ties to even, from any number of digits;
// a value too large for a float is refused, one too small becomes (signed) zero.
Result<float> parse_float(std::string_view text);

// 0x1.8p+1, 0x0p+0, inf, nan: what print_hex writes. More bits than a float holds are refused, not
// rounded.
Result<float> parse_hex_float(std::string_view text);

// The fewest digits that parse_float turns back into the same float: "0.1", "1e-05", "nan", "inf".
std::string print(float value);
std::string print(uint64_t value);
// Every bit of it: "0x1.99999ap-4". For golden files.
std::string print_hex(float value);
// A fixed number of digits behind the point, rounded to nearest, ties to even:
// print_fixed(0.98765f, 3) is "0.988". Precondition: digits <= 9.
std::string print_fixed(float value, uint32_t digits);

// The pieces between separators: split("a,,b", ',') is {"a", "", "b"}; an empty text is one empty
// piece. The pieces point into `text`.
std::vector<std::string_view> split(std::string_view text, char separator);

// A text as JSON (RFC 8259) writes it, with its quotes; control characters are escaped, everything
// else stays: json_text("a\n\"ü\"") is "a\n\"ü\"" to the letter. UTF-8 in, UTF-8 out.
std::string json_text(std::string_view text);

}  // namespace downhill
