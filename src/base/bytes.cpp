#include "base/bytes.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

namespace downhill {

namespace {
// On a little-endian machine an array of numbers is one memcpy. Encoding a snapshot of many weights
// byte by byte took twice as long.
constexpr bool kLittleEndian = std::endian::native == std::endian::little;
}  // namespace

bool ByteReader::take(size_t size) {
  if (!ok()) return false;
  if (remaining() < size) {
    fail(std::to_string(size) + " bytes wanted at byte " + std::to_string(position_) + ", " +
         std::to_string(remaining()) + " are left");
    return false;
  }
  return true;
}

uint64_t ByteReader::little(size_t size) {
  if (!take(size)) return 0;
  uint64_t value = 0;
  for (size_t i = 0; i < size; ++i) value |= uint64_t{bytes_[position_ + i]} << (8 * i);
  position_ += size;
  return value;
}

bool ByteReader::boolean() {
  const size_t at = position_;
  const uint8_t value = u8();
  if (value > 1)
    fail("byte " + std::to_string(at) + " is " + std::to_string(value) + ", not 0 or 1");
  return value == 1;
}

std::span<const uint8_t> ByteReader::bytes(size_t count) {
  if (!take(count)) return {};
  const auto result = bytes_.subspan(position_, count);
  position_ += count;
  return result;
}

void ByteReader::f32s(std::span<float> out) {
  const auto raw = bytes(out.size() * sizeof(float));
  if (raw.empty()) return std::fill(out.begin(), out.end(), 0.0f);
  if constexpr (kLittleEndian) {
    std::memcpy(out.data(), raw.data(), raw.size());
    return;
  }
  for (size_t i = 0; i < out.size(); ++i) {
    uint32_t bits = 0;
    for (size_t k = 0; k < 4; ++k) bits |= uint32_t{raw[4 * i + k]} << (8 * k);
    out[i] = std::bit_cast<float>(bits);
  }
}

uint32_t ByteReader::count(size_t item_bytes) {
  const size_t at = position_;
  const uint32_t count = u32();
  if (!ok()) return 0;
  if (uint64_t{count} * item_bytes > remaining()) {
    fail("the count at byte " + std::to_string(at) + " is " + std::to_string(count) +
         ", but only " + std::to_string(remaining()) + " bytes follow");
    return 0;
  }
  return count;
}

std::string ByteReader::string() {
  const auto raw = bytes(count(1));
  return {raw.begin(), raw.end()};
}

std::vector<uint8_t> ByteReader::u8_vector() {
  const auto raw = bytes(count(1));
  return {raw.begin(), raw.end()};
}

std::vector<uint32_t> ByteReader::u32_vector() {
  std::vector<uint32_t> values(count(sizeof(uint32_t)));
  for (uint32_t& value : values) value = u32();
  return values;
}

std::vector<float> ByteReader::f32_vector() {
  std::vector<float> values(count(sizeof(float)));
  f32s(values);
  return values;
}

void ByteReader::fail(std::string_view what) {
  if (ok()) error_ = "[" + std::string(where_) + "] " + std::string(what);
}

Result<void> ByteReader::status_so_far() const {
  if (!ok()) return Error{error_};
  return {};
}

Result<void> ByteReader::status() const {
  if (ok() && remaining() > 0) {
    return Error{"[" + std::string(where_) + "] " + std::to_string(remaining()) +
                 " bytes are left over at byte " + std::to_string(position_)};
  }
  return status_so_far();
}

void ByteWriter::little(uint64_t value, size_t size) {
  for (size_t i = 0; i < size; ++i) out_.push_back(static_cast<uint8_t>(value >> (8 * i)));
}

void ByteWriter::bytes(std::span<const uint8_t> values) {
  out_.insert(out_.end(), values.begin(), values.end());
}

void ByteWriter::f32s(std::span<const float> values) {
  if constexpr (kLittleEndian) {
    const auto* raw = reinterpret_cast<const uint8_t*>(values.data());
    out_.insert(out_.end(), raw, raw + values.size_bytes());
    return;
  }
  const size_t start = out_.size();
  out_.resize(start + values.size() * sizeof(float));
  uint8_t* to = out_.data() + start;
  for (float value : values) {
    const uint32_t bits = std::bit_cast<uint32_t>(value);
    for (int shift = 0; shift < 32; shift += 8) *to++ = static_cast<uint8_t>(bits >> shift);
  }
}

void ByteWriter::string(std::string_view text) {
  assert(text.size() <= UINT32_MAX);
  u32(static_cast<uint32_t>(text.size()));
  out_.insert(out_.end(), text.begin(), text.end());
}

void ByteWriter::u8_vector(std::span<const uint8_t> values) {
  u32(static_cast<uint32_t>(values.size()));
  bytes(values);
}

void ByteWriter::u32_vector(std::span<const uint32_t> values) {
  u32(static_cast<uint32_t>(values.size()));
  for (uint32_t value : values) u32(value);
}

void ByteWriter::f32_vector(std::span<const float> values) {
  u32(static_cast<uint32_t>(values.size()));
  f32s(values);
}

}  // namespace downhill
