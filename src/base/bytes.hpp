// Reads and writes little-endian values in a byte buffer, for codecs and files. The reader never
// reads past its end: the first value that does not fit makes it fail, every later read returns
// zero, and one check at the end (`status`) says where it failed. Knows no format.
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace downhill {

class ByteReader {
 public:
  // `where` opens the error message ("snapshot"). It and the bytes must outlive the reader.
  explicit ByteReader(std::span<const uint8_t> bytes, std::string_view where = "bytes")
      : bytes_(bytes), where_(where) {}

  uint8_t u8() { return static_cast<uint8_t>(little(1)); }
  uint16_t u16() { return static_cast<uint16_t>(little(2)); }
  uint32_t u32() { return static_cast<uint32_t>(little(4)); }
  uint64_t u64() { return little(8); }
  float f32() { return std::bit_cast<float>(u32()); }
  double f64() { return std::bit_cast<double>(u64()); }
  bool boolean();  // one byte, 0 or 1; anything else fails

  // A view of the next `count` bytes; empty if they are not there.
  std::span<const uint8_t> bytes(size_t count);
  // Fills `out`, with zeros on failure.
  void f32s(std::span<float> out);
  // A u32 count, then that many values. A count that exceeds the remaining bytes fails before any
  // memory is allocated, so a hostile count costs nothing.
  std::string string();
  std::vector<uint8_t> u8_vector();
  std::vector<uint32_t> u32_vector();
  std::vector<float> f32_vector();
  // A u32 count of items of at least `item_bytes` each, checked the same way; 0 on failure.
  uint32_t count(size_t item_bytes);

  // Fails for a reason of the caller ("the width is 0"). Only the first failure is kept.
  void fail(std::string_view what);

  bool ok() const { return error_.empty(); }
  size_t position() const { return position_; }
  size_t remaining() const { return bytes_.size() - position_; }
  // "[snapshot] 4 bytes wanted at byte 12, 2 are left". status() also fails if bytes are left over.
  Result<void> status() const;
  Result<void> status_so_far() const;

 private:
  uint64_t little(size_t size);
  bool take(size_t size);

  std::span<const uint8_t> bytes_;
  std::string_view where_;
  size_t position_ = 0;
  std::string error_;
};

class ByteWriter {
 public:
  // Appends to `out`, which must outlive the writer.
  explicit ByteWriter(std::vector<uint8_t>& out) : out_(out) {}

  void u8(uint8_t value) { out_.push_back(value); }
  void u16(uint16_t value) { little(value, 2); }
  void u32(uint32_t value) { little(value, 4); }
  void u64(uint64_t value) { little(value, 8); }
  void f32(float value) { u32(std::bit_cast<uint32_t>(value)); }
  void f64(double value) { u64(std::bit_cast<uint64_t>(value)); }
  void boolean(bool value) { u8(value ? 1 : 0); }

  void bytes(std::span<const uint8_t> values);
  void f32s(std::span<const float> values);
  // Each with a u32 count in front. Precondition: the count fits.
  void string(std::string_view text);
  void u8_vector(std::span<const uint8_t> values);
  void u32_vector(std::span<const uint32_t> values);
  void f32_vector(std::span<const float> values);

  size_t position() const { return out_.size(); }

 private:
  void little(uint64_t value, size_t size);

  std::vector<uint8_t>& out_;
};

}  // namespace downhill
