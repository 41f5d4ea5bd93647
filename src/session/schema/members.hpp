// How a struct lists its members, once, for everything that loops over them: codec, state JSON,
// random values of tests. A list stands beside its struct:
//
//   struct Probe { uint32_t parameter = 0; float value = 0; };
//   template <> inline constexpr auto kMembers<Probe> = list(&Probe::parameter, &Probe::value);
//
// A struct with a member that its list lacks does not compile. Knows no struct by name.
#pragma once

#include <cstddef>
#include <string_view>
#include <type_traits>

namespace downhill {

template <class Struct, class Value>
struct Member {
  Value Struct::*at;
  std::string_view name = {};  // in state()
  std::string_view doc = {};   // in web/README.md

  constexpr Member(Value Struct::*to, std::string_view called = {}, std::string_view meaning = {})
      : at(to), name(called), doc(meaning) {}
};

// A list of values of different types: calling it with `act` returns act(values...). Unlike
// std::tuple it costs the compiler next to nothing, and most files include the lists.
template <class... Value>
constexpr auto pack(Value... values) {
  return [=](const auto& act) { return act(values...); };
}
inline constexpr auto kPackSize = [](const auto&... values) { return sizeof...(values); };

template <class Struct, class... Value>
constexpr auto list(Value Struct::*... at) {
  return pack(Member<Struct, Value>(at)...);
}

// A pack of Member; to be specialized for each struct that has a list.
template <class Struct>
inline constexpr auto kMembers = nullptr;

// The same without the texts of the documentation, which a program does not need: a list that is
// read at run time becomes part of the program, and its texts with it.
template <class Struct, class Value>
struct NamedMember {
  Value Struct::*at;
  std::string_view name;
};
template <class Struct>
inline constexpr auto kNamedMembers =
    kMembers<Struct>([]<class... Value>(const Member<Struct, Value>&... member) {
      return pack(NamedMember<Struct, Value>{member.at, member.name}...);
    });

template <class Struct>
concept Listed = !std::is_same_v<decltype(kMembers<Struct>), const std::nullptr_t>;

// How many members an aggregate has: with so many initializers it can be made, with one more it
// cannot.
struct AnyMember {
  template <class Value>
  operator Value() const noexcept;  // NOLINT: implicit on purpose, and never called
};
template <class Struct, class... Initializer>
consteval size_t member_count() {
  if constexpr (requires { Struct{Initializer{}..., AnyMember{}}; }) {
    return member_count<Struct, Initializer..., AnyMember>();
  } else {
    return sizeof...(Initializer);
  }
}

// Calls `act(member)` for each member of the list, in its order.
template <Listed Struct, class Act>
constexpr void for_each_member(const Act& act) {
  static_assert(
      kMembers<Struct>(kPackSize) == member_count<Struct>(),
      "A member of this struct is missing in its kMembers list: add a line for it there.");
  kNamedMembers<Struct>([&](const auto&... member) { (act(member), ...); });
}

// The same with the member's documentation.
template <Listed Struct, class Act>
constexpr void for_each_documented_member(const Act& act) {
  kMembers<Struct>([&](const auto&... member) { (act(member), ...); });
}

}  // namespace downhill
