// Numbers to text and back, the same on every machine: no locale, no streams, no rounding
// surprises. Parsers are strict (the whole text must be the number, without spaces or a stray sign)
// and refuse with a sentence.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace downhill {

// Decimal digits only. Leading zeros are allowed, a sign is not.
Result<uint32_t> parse_u32(std::string_view text);
Result<uint64_t> parse_u64(std::string_view text);

// -12, 3.5, .5, 1e-5, inf, -inf, nan. Any number of digits; rounded to nearest, ties to even. A
// value too large for a float is refused; one too small becomes a (signed) zero.
Result<float> parse_float(std::string_view text);
// The same, but a value too large for a float is infinite. Nothing if the text is not a number.
std::optional<float> parse_any_size(std::string_view text);

// 0x1.8p+1, 0x0p+0, inf, nan: the format of print_hex. More bits than a float holds are refused,
// not rounded.
Result<float> parse_hex_float(std::string_view text);

// The shortest text that parse_float turns back into the same float: "0.1", "1e-05", "nan", "inf".
std::string print(float value);
std::string print(uint64_t value);
// Every bit: "0x1.99999ap-4". For golden files.
std::string print_hex(float value);
// A fixed number of digits after the point, rounded to nearest, ties to even: print_fixed(0.98765f,
// 3) is "0.988". Precondition: digits <= 9.
std::string print_fixed(float value, uint32_t digits);
// A number of significant digits, without trailing zeros: print_rounded(0.00123456f, 3) is
// "0.00123", print_rounded(2.5e25f, 3) "2.5e25". Precondition: digits <= 9.
std::string print_rounded(float value, uint32_t digits);

// The pieces between separators: split("a,,b", ',') is {"a", "", "b"}; an empty text gives one
// empty piece. The pieces point into `text`.
std::vector<std::string_view> split(std::string_view text, char separator);

// `text` as a JSON string (RFC 8259), with its quotes. Quotes, backslashes and control characters
// are escaped; everything else, UTF-8 included, is copied unchanged.
std::string json_text(std::string_view text);

}  // namespace downhill
