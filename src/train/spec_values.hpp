// How single values of a spec are read and refused: choices, whole numbers, numbers, yes and no.
// Not for use outside the table of fields.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/query_text.hpp"
#include "base/result.hpp"
#include "base/text.hpp"

namespace downhill::spec_values {

inline Error refuse(std::string_view field, const std::string& what) {
  return Error{"[" + std::string(field) + "] " + what};
}

inline Error refuse_choice(std::string_view field, std::string_view text,
                           std::span<const std::string_view> names) {
  std::string list;
  for (std::string_view name : names) list += (list.empty() ? "" : ", ") + std::string(name);
  return refuse(field, quoted(text) + " is none of " + list);
}

template <class Enum, size_t N>
Result<void> parse_choice(std::string_view field, std::string_view text,
                          const std::array<std::string_view, N>& names, Enum& out) {
  for (size_t i = 0; i < N; ++i) {
    if (names[i] != text) continue;
    out = static_cast<Enum>(i);
    return {};
  }
  return refuse_choice(field, text, names);
}

template <class Enum, size_t N>
std::string print_choice(const std::array<std::string_view, N>& names, Enum value) {
  return std::string(names[static_cast<size_t>(value)]);
}

inline constexpr std::array<std::string_view, 2> kTruths = {"true", "false"};
inline constexpr std::array<std::string_view, 2> kUntruths = {"false", "true"};  // off by default

inline Result<void> parse_truth(std::string_view field, std::string_view text, bool& out) {
  uint8_t choice = 0;
  Result<void> parsed = parse_choice(field, text, kTruths, choice);
  if (parsed) out = choice == 0;
  return parsed;
}
inline std::string print_truth(bool value) { return std::string(kTruths[value ? 0 : 1]); }

inline Result<void> parse_count(std::string_view field, std::string_view text, uint32_t low,
                                uint32_t high, uint32_t& out) {
  const Result<uint64_t> number = parse_u64(text);
  if (!number || *number < low || *number > high) {
    return refuse(
        field, quoted(text) + " is outside " + print(uint64_t{low}) + "…" + print(uint64_t{high}));
  }
  out = static_cast<uint32_t>(*number);
  return {};
}

// Without an exponent where a few digits do.
inline std::string print_bound(float bound) {
  for (int digits = 0; digits <= 6; ++digits) {
    std::string text = print_fixed(bound, digits);
    const Result<float> read = parse_float(text);
    if (read && *read == bound) return text;
  }
  return print(bound);
}

// NaN is outside every range.
inline Result<void> parse_number(std::string_view field, std::string_view text, float low,
                                 float high, float& out) {
  const Result<float> number = parse_float(text);
  if (!number || !(*number >= low && *number <= high)) {
    return refuse(field,
                  quoted(text) + " is outside " + print_bound(low) + "…" + print_bound(high));
  }
  out = *number;
  return {};
}

}  // namespace downhill::spec_values
