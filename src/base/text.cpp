#include "base/text.hpp"

#include <array>
#include <bit>
#include <cassert>
#include <charconv>
#include <limits>

#include "base/decimal.hpp"

namespace downhill {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

Error not_a(std::string_view kind, std::string_view text) {
  constexpr size_t kShown = 40;
  std::string shown(text.substr(0, kShown));
  if (text.size() > kShown) shown += "…";
  return {"[text] \"" + shown + "\" is not " + std::string(kind)};
}

// Takes the leading digits of `text`; false if there are none.
bool take_digits(std::string_view& text, std::vector<uint8_t>& digits) {
  size_t count = 0;
  while (count < text.size() && is_digit(text[count])) {
    digits.push_back(static_cast<uint8_t>(text[count] - '0'));
    ++count;
  }
  text.remove_prefix(count);
  return count > 0;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

// A signed exponent that fills `text`. The value saturates far beyond the range of floats.
bool whole_exponent(std::string_view text, int64_t& exponent) {
  const bool negative = take(text, '-');
  if (!negative) take(text, '+');
  if (text.empty()) return false;
  int64_t value = 0;
  for (char c : text) {
    if (!is_digit(c)) return false;
    if (value < 1'000'000'000) value = value * 10 + (c - '0');
  }
  exponent = negative ? -value : value;
  return true;
}

bool is_special(std::string_view text, float& value) {
  if (text == "inf") value = std::numeric_limits<float>::infinity();
  if (text == "nan") value = std::numeric_limits<float>::quiet_NaN();
  return text == "inf" || text == "nan";
}

int hex_digit(char c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// mantissa·2^exponent if a float holds it exactly. Precondition: mantissa != 0.
bool exact(uint64_t mantissa, int64_t exponent, float& value) {
  const int low = std::countr_zero(mantissa);
  mantissa >>= low;
  exponent += low;
  const int64_t top = exponent + std::bit_width(mantissa) - 1;  // weight of the leading bit
  if (mantissa >> 24 != 0 || top > 127 || exponent < -149) return false;
  value = static_cast<float>(mantissa);
  for (; exponent > 0; --exponent) value *= 2.0f;
  for (; exponent < 0; ++exponent) value *= 0.5f;
  return true;
}

template <class T>
Result<T> parse_whole(std::string_view text) {
  T value = 0;
  if (text.empty()) return not_a("a whole number", text);
  for (char c : text) {
    if (!is_digit(c)) return not_a("a whole number", text);
    const T digit = static_cast<T>(c - '0');
    if (value > (std::numeric_limits<T>::max() - digit) / 10) {
      return not_a("at most " + std::to_string(std::numeric_limits<T>::max()), text);
    }
    value = value * 10 + digit;
  }
  return value;
}

}  // namespace

Result<uint32_t> parse_u32(std::string_view text) { return parse_whole<uint32_t>(text); }
Result<uint64_t> parse_u64(std::string_view text) { return parse_whole<uint64_t>(text); }

std::optional<float> parse_any_size(std::string_view text) {
  const float sign = take(text, '-') ? -1.0f : 1.0f;
  float special;
  if (is_special(text, special)) return sign * special;

  std::vector<uint8_t> digits;
  bool any = take_digits(text, digits);
  const auto before_point = static_cast<int64_t>(digits.size());
  if (take(text, '.')) any = take_digits(text, digits) || any;
  int64_t exponent = 0;
  if (any && (take(text, 'e') || take(text, 'E'))) {
    if (!whole_exponent(text, exponent)) return std::nullopt;
    text = {};
  }
  if (!any || !text.empty()) return std::nullopt;
  return sign * decimal_to_float(digits, exponent + before_point);
}

Result<float> parse_float(std::string_view text) {
  const std::optional<float> value = parse_any_size(text);
  if (!value) return not_a("a number", text);
  const bool said = text.ends_with("inf");
  if (std::abs(*value) == std::numeric_limits<float>::infinity() && !said) {
    return not_a("a number of float's size (at most 3.4028235e38)", text);
  }
  return *value;
}

Result<float> parse_hex_float(std::string_view text) {
  std::string_view rest = text;
  const float sign = take(rest, '-') ? -1.0f : 1.0f;
  float value = 0;
  if (is_special(rest, value)) return sign * value;
  if (!take(rest, '0') || !take(rest, 'x')) return not_a("a hexadecimal float", text);
  uint64_t mantissa = 0;
  int64_t exponent = 0;
  bool any = false, point = false;
  for (; !rest.empty() && rest.front() != 'p'; rest.remove_prefix(1)) {
    if (rest.front() == '.' && !point) {
      point = true;
      continue;
    }
    const int digit = hex_digit(rest.front());
    if (digit < 0 || mantissa >> 60 != 0) return not_a("a hexadecimal float", text);
    mantissa = mantissa << 4 | static_cast<uint64_t>(digit);
    if (point) exponent -= 4;
    any = true;
  }
  int64_t power = 0;
  if (!any || !take(rest, 'p') || !whole_exponent(rest, power)) {
    return not_a("a hexadecimal float", text);
  }
  if (mantissa == 0) return sign * 0.0f;
  if (!exact(mantissa, exponent + power, value)) return not_a("exactly a float", text);
  return sign * value;
}

std::string print(float value) {
  std::array<char, 32> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr;
  const std::string_view text(buffer.data(), static_cast<size_t>(end - buffer.data()));
  // The sign and payload of a NaN are not printed.
  return value != value ? "nan" : std::string(text);
}

std::string print(uint64_t value) { return std::to_string(value); }

std::string print_hex(float value) {
  const uint32_t bits = std::bit_cast<uint32_t>(value);
  const std::string sign = bits >> 31 != 0 ? "-" : "";
  uint32_t mantissa = bits & 0x7fffffu;
  int exponent = static_cast<int>(bits >> 23 & 0xffu);
  if (exponent == 255) return mantissa != 0 ? "nan" : sign + "inf";
  if (exponent == 0 && mantissa == 0) return sign + "0x0p+0";
  exponent = exponent == 0 ? -126 : exponent - 127;
  // A subnormal is normalized: it too gets a leading 1.
  while ((bits >> 23 & 0xffu) == 0 && mantissa >> 23 == 0) {
    mantissa <<= 1;
    --exponent;
  }
  std::string text = sign + "0x1";
  mantissa = (mantissa & 0x7fffffu) << 1;  // six hexadecimal digits
  if (mantissa != 0) text += '.';
  for (; mantissa != 0; mantissa = mantissa << 4 & 0xffffffu) {
    text += "0123456789abcdef"[mantissa >> 20];
  }
  return text + "p" + (exponent < 0 ? "-" : "+") +
         std::to_string(exponent < 0 ? -exponent : exponent);
}

std::string print_fixed(float value, uint32_t digits) {
  assert(digits <= 9);
  if (value != value) return "nan";
  std::array<char, 64> buffer;  // 39 digits of the largest float, the sign, the point and nine more
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                 std::chars_format::fixed, static_cast<int>(digits))
                       .ptr;
  return {buffer.data(), static_cast<size_t>(end - buffer.data())};
}

std::string print_rounded(float value, uint32_t digits) {
  assert(digits <= 9);
  if (value != value) return "nan";
  std::array<char, 32> buffer;
  const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value,
                                 std::chars_format::general, static_cast<int>(digits))
                       .ptr;
  std::string text(buffer.data(), end);
  if (const size_t e = text.find('e'); e != std::string::npos) {
    const size_t sign = text[e + 1] == '+' ? e + 1 : e + 2;  // "e+" goes, "e-" stays
    text.erase(sign, text.find_first_of("123456789", sign) - sign);
  }
  return text;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> pieces;
  for (;;) {
    const size_t at = text.find(separator);
    pieces.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return pieces;
    text.remove_prefix(at + 1);
  }
}

std::string json_text(std::string_view text) {
  constexpr std::string_view kEscaped = "\"\\\b\f\n\r\t";
  constexpr std::string_view kLetters = "\"\\bfnrt";
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string json = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (const size_t which = kEscaped.find(c); which != kEscaped.npos) {
      json += {'\\', kLetters[which]};
    } else if (byte < 0x20 || byte == 0x7f) {
      json += "\\u00";
      json += {kHex[byte >> 4], kHex[byte & 15]};
    } else {
      json += c;
    }
  }
  return json + '"';
}

}  // namespace downhill
