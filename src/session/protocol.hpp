// What the three codecs of the conversation (commands, messages, snapshots) share: the version, and
// one way to visit the fields of a value, so that writing and reading cannot drift apart. Knows no
// field by name.
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <type_traits>
#include <vector>

#include "base/bytes.hpp"

namespace downhill {

// Page and engine come from the same build. A browser that holds one of them in its cache from an
// older build is told so in a sentence.
inline constexpr uint8_t kProtocolVersion = 4;

// Writes each field it is called with.
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

  template <class Enum>
  void choice(Enum value, Enum) {
    to_.u8(static_cast<uint8_t>(value));
  }
  // Items that take `item_bytes` or more each; `visit_fields(fields, item)` must exist.
  template <class Item>
  void list(const std::vector<Item>& items, size_t) {
    to_.u32(static_cast<uint32_t>(items.size()));
    for (const Item& item : items) visit_fields(*this, item);
  }

 private:
  ByteWriter to_;
};

// Reads each field it is called with. The first that is not there, or holds a value that the writer
// never writes, makes it fail; status() tells.
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

  template <class Enum>
  void choice(Enum& value, Enum last) {
    const uint8_t number = from_.u8();
    if (number > static_cast<uint8_t>(last)) {
      from_.fail(std::to_string(number) + " is not one of the choices 0…" +
                 std::to_string(static_cast<unsigned>(last)));
      return;
    }
    value = static_cast<Enum>(number);
  }
  template <class Item>
  void list(std::vector<Item>& items, size_t item_bytes) {
    items.resize(from_.count(item_bytes));
    for (Item& item : items) visit_fields(*this, item);
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
  ByteReader from_;
};

}  // namespace downhill
