// How many enumerators an enumeration has and what they are called, asked of the compiler, so that
// no array of names and no "last enumerator" has to be kept in step by hand. For enumerations that
// count from 0 without gaps. Knows no enumeration by name.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

namespace downhill {
namespace enumerators {

// GCC and clang spell a value that has a name as "downhill::Phase::loss", any other one as
// "(downhill::Phase)9". This file is the only one that relies on it; its test says when it fails.
template <auto kValue>
consteval std::string_view spelling() {
  std::string_view text = __PRETTY_FUNCTION__;
  text.remove_prefix(text.find("kValue = ") + std::string_view("kValue = ").size());
  return text.substr(0, text.find_first_of(";]"));
}

template <auto kValue>
inline constexpr bool kNamed = spelling<kValue>().front() != '(';

template <class Enum, size_t kFrom = 0>
consteval size_t count() {
  if constexpr (kNamed<static_cast<Enum>(kFrom)>) {
    return count<Enum, kFrom + 1>();
  } else {
    return kFrom;
  }
}

template <auto kValue>
consteval std::string_view name() {
  const std::string_view text = spelling<kValue>();
  return text.substr(text.rfind(':') + 1);
}

// The letters of the name, copied, so that the program does not carry the whole spelling.
template <auto kValue>
inline constexpr auto kLetters = [] {
  std::array<char, name<kValue>().size()> letters{};
  for (size_t i = 0; i < letters.size(); ++i) letters[i] = name<kValue>()[i];
  return letters;
}();

template <class Enum, size_t... kAll>
consteval auto names(std::index_sequence<kAll...>) {
  return std::array<std::string_view, sizeof...(kAll)>{std::string_view(
      kLetters<static_cast<Enum>(kAll)>.data(), kLetters<static_cast<Enum>(kAll)>.size())...};
}

}  // namespace enumerators

template <class Enum>
inline constexpr size_t kEnumeratorCount = enumerators::count<Enum>();

// In the order of their values: kEnumeratorNames<Phase>[2] == "loss".
template <class Enum>
inline constexpr auto kEnumeratorNames =
    enumerators::names<Enum>(std::make_index_sequence<kEnumeratorCount<Enum>>());

template <class Enum>
constexpr std::string_view enumerator_name(Enum value) {
  return kEnumeratorNames<Enum>[static_cast<size_t>(value)];
}

template <class Enum>
constexpr std::optional<Enum> parse_enumerator(std::string_view name) {
  for (size_t i = 0; i < kEnumeratorCount<Enum>; ++i) {
    if (kEnumeratorNames<Enum>[i] == name) return static_cast<Enum>(i);
  }
  return std::nullopt;
}

}  // namespace downhill
