// What the codecs of the conversation (commands, messages, snapshots) share: the version, and a
// writer and a reader that take any value made of numbers, texts, enumerations, lists and structs
// with a member list (schema/members.hpp), so that writing and reading cannot drift apart.
// Little-endian. Knows no struct by name.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <vector>

#include "base/bytes.hpp"
#include "base/enumerators.hpp"
#include "session/schema/members.hpp"

namespace downhill {

// Page and engine come from the same build. If a browser has one of them from an older build in its
// cache, the error sentence says so.
inline constexpr uint8_t kProtocolVersion = 5;

template <class Value>
concept Enumeration = std::is_enum_v<Value>;

class FieldWriter {
 public:
  explicit FieldWriter(std::vector<uint8_t>& out) : to_(out) {}

  void operator()(bool value) { to_.boolean(value); }
  void operator()(uint8_t value) { to_.u8(value); }
  void operator()(uint32_t value) { to_.u32(value); }
  void operator()(uint64_t value) { to_.u64(value); }
  void operator()(float value) { to_.f32(value); }
  void operator()(double value) { to_.f64(value); }
  void operator()(const std::string& value) { to_.string(value); }
  void operator()(const std::vector<uint8_t>& values) { to_.u8_vector(values); }
  void operator()(const std::vector<uint32_t>& values) { to_.u32_vector(values); }
  void operator()(const std::vector<float>& values) { to_.f32_vector(values); }

  template <Enumeration Value>
  void operator()(Value value) {
    to_.u8(static_cast<uint8_t>(value));
  }
  template <Listed Value>
  void operator()(const Value& value) {
    for_each_member<Value>([&](const auto& member) { (*this)(value.*member.at); });
  }
  template <Listed Item>
  void operator()(const std::vector<Item>& items) {
    to_.u32(static_cast<uint32_t>(items.size()));
    for (const Item& item : items) (*this)(item);
  }
  template <class Value, size_t kCount>
  void operator()(const std::array<Value, kCount>& values) {
    for (const Value& value : values) (*this)(value);
  }
  // Whether there is a value, then the value if there is one.
  template <class Value>
  void operator()(const std::optional<Value>& value) {
    to_.boolean(value.has_value());
    if (value) (*this)(*value);
  }

 private:
  ByteWriter to_;
};

// The reader fails at the first value that is missing, or that the writer would never write;
// status() says so.
class FieldReader {
 public:
  FieldReader(std::span<const uint8_t> bytes, std::string_view where) : from_(bytes, where) {}

  void operator()(bool& value) { value = from_.boolean(); }
  void operator()(uint8_t& value) { value = from_.u8(); }
  void operator()(uint32_t& value) { value = from_.u32(); }
  void operator()(uint64_t& value) { value = from_.u64(); }
  void operator()(float& value) { value = from_.f32(); }
  void operator()(double& value) { value = from_.f64(); }
  void operator()(std::string& value) { value = from_.string(); }
  void operator()(std::vector<uint8_t>& values) { values = from_.u8_vector(); }
  void operator()(std::vector<uint32_t>& values) { values = from_.u32_vector(); }
  void operator()(std::vector<float>& values) { values = from_.f32_vector(); }

  template <Enumeration Value>
  void operator()(Value& value) {
    const uint8_t number = from_.u8();
    if (number < kEnumeratorCount<Value>) {
      value = static_cast<Value>(number);
    } else {
      from_.fail(std::to_string(number) + " is not one of the choices 0…" +
                 std::to_string(kEnumeratorCount<Value> - 1));
    }
  }
  template <Listed Value>
  void operator()(Value& value) {
    for_each_member<Value>([&](const auto& member) { (*this)(value.*member.at); });
  }
  template <Listed Item>
  void operator()(std::vector<Item>& items) {
    items.resize(from_.count(least_bytes<Item>()));
    for (Item& item : items) (*this)(item);
  }
  template <class Value, size_t kCount>
  void operator()(std::array<Value, kCount>& values) {
    for (Value& value : values) (*this)(value);
  }
  template <class Value>
  void operator()(std::optional<Value>& value) {
    value.reset();
    if (from_.boolean()) (*this)(value.emplace());
  }

  void version() {
    const uint8_t version = from_.u8();
    if (from_.ok() && version != kProtocolVersion) {
      from_.fail("version " + std::to_string(version) + " where " +
                 std::to_string(kProtocolVersion) +
                 " was expected: page and engine are of different builds, reload the page");
    }
  }
  void fail(std::string_view what) { from_.fail(what); }
  bool ok() const { return from_.ok(); }
  Result<void> status() const { return from_.status(); }

 private:
  // The least number of bytes that the writer needs for a value: a hostile count of values is
  // refused by it before any memory is taken.
  template <class Value>
  static consteval size_t least_bytes() {
    if constexpr (Listed<Value>) {
      size_t bytes = 0;
      for_each_member<Value>([&](const auto& member) {
        bytes += least_bytes<std::remove_cvref_t<decltype(std::declval<Value>().*member.at)>>();
      });
      return bytes;
    } else if constexpr (Enumeration<Value>) {
      return 1;
    } else if constexpr (std::is_arithmetic_v<Value>) {
      return sizeof(Value);
    } else {
      return Length<Value>::kLeast;
    }
  }
  template <class Value>
  struct Length {
    static constexpr size_t kLeast = 4;  // texts and vectors: their length
  };
  template <class Value>
  struct Length<std::optional<Value>> {
    static constexpr size_t kLeast = 1;
  };
  template <class Value, size_t kCount>
  struct Length<std::array<Value, kCount>> {
    static constexpr size_t kLeast = kCount * sizeof(Value);
  };

  ByteReader from_;
};

}  // namespace downhill
