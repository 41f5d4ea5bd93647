#include "base/typed_number.hpp"

#include <algorithm>
#include <optional>

#include "base/query_text.hpp"
#include "base/text.hpp"

namespace downhill {
namespace {

constexpr std::string_view kMinusSign = "\u2212";
constexpr std::string_view kSpaces[] = {" ", "\t", "\n", "\r", "\u00a0", "\u202f", "\u2009"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Digits with a sign in front: a whole number of any size.
bool is_whole(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && std::ranges::all_of(text, is_digit);
}

// With the page's minus sign as '-'.
std::string plain(std::string_view text) {
  std::string result;
  for (text = trimmed(text); !text.empty();) {
    const bool minus = text.starts_with(kMinusSign);
    result += minus ? '-' : text.front();
    text.remove_prefix(minus ? kMinusSign.size() : 1);
  }
  return result;
}

// Whether a comma separates thousands or decimals cannot be seen: "1,000", but not "0,001".
bool has_two_readings(std::string_view text, size_t comma) {
  std::string_view before = text.substr(0, comma);
  const std::string_view after = text.substr(comma + 1);
  if (before.starts_with('-')) before.remove_prefix(1);
  return after.size() == 3 && is_whole(after) && before.size() >= 1 && before.size() <= 3 &&
         before.front() != '0';
}

Error too_long(std::string_view text) {
  return Error{"a text of " + print(uint64_t{text.size()}) +
               " characters is too long for a number: " + print(uint64_t{kMaxNumberText}) +
               " are the most"};
}
Error missing(const std::string& range) { return Error{"a number is missing, " + range}; }
Error outside(std::string_view text, const std::string& range) {
  return Error{quoted(text) + " is outside " + range};
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  for (bool found = true; found;) {
    found = false;
    for (const std::string_view space : kSpaces) {
      if (text.starts_with(space)) {
        text.remove_prefix(space.size());
        found = true;
      } else if (text.ends_with(space)) {
        text.remove_suffix(space.size());
        found = true;
      }
    }
  }
  return text;
}

Result<float> typed_number(std::string_view text, float low, float high) {
  const std::string range = print_bound(low) + "…" + print_bound(high);
  std::string number = plain(text);
  if (number.empty()) return missing(range);
  if (number.size() > kMaxNumberText) return too_long(number);
  const size_t comma = number.find(',');
  if (comma != std::string::npos && number.find('.') == std::string::npos) {
    if (has_two_readings(number, comma)) {
      std::string one = number, thousand = number;
      one.resize(comma);
      thousand.erase(comma, 1);
      return Error{quoted(text) + " can be read as " + one + " and as " + thousand +
                   ": write it without the comma"};
    }
    number[comma] = '.';
  }
  const std::optional<float> value = parse_any_size(number);
  if (!value) return Error{quoted(text) + " is not a number"};
  if (!(*value >= low && *value <= high)) return outside(text, range);
  return *value;
}

Result<uint64_t> typed_count(std::string_view text, uint64_t least, uint64_t most) {
  const std::string range = print(least) + "…" + print(most);
  const std::string number = plain(text);
  if (number.empty()) return missing(range);
  if (number.size() > kMaxNumberText) return too_long(number);
  const Result<uint64_t> value = parse_u64(number);
  if (value && *value >= least && *value <= most) return *value;
  if (is_whole(number)) return outside(text, range);
  return Error{quoted(text) + " is not a whole number"};
}

std::string print_bound(float bound) {
  for (uint32_t digits = 0; digits <= 6; ++digits) {
    std::string text = print_fixed(bound, digits);
    const Result<float> read = parse_float(text);
    if (read && *read == bound) return text;
  }
  return print(bound);
}

}  // namespace downhill
