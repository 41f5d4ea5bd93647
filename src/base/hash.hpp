// FNV-1a, 64 bits: a short name for a sequence of bytes. It names random streams and answers "are
// these weights equal to the bit". Not for keys that an adversary chooses.
//
// Source: G. Fowler, L. C. Noll, K.-P. Vo, "The FNV non-cryptographic hash algorithm" (IETF draft).
#pragma once

#include <bit>
#include <cstdint>
#include <span>
#include <string_view>

namespace downhill {

inline constexpr uint64_t kFnvOffset = 0xcbf29ce484222325;
inline constexpr uint64_t kFnvPrime = 0x00000100000001b3;

constexpr uint64_t fnv1a_byte(uint64_t hash, uint8_t byte) { return (hash ^ byte) * kFnvPrime; }

constexpr uint64_t fnv1a(std::string_view text, uint64_t hash = kFnvOffset) {
  for (char c : text) hash = fnv1a_byte(hash, static_cast<uint8_t>(c));
  return hash;
}

constexpr uint64_t fnv1a(std::span<const uint8_t> bytes, uint64_t hash = kFnvOffset) {
  for (uint8_t byte : bytes) hash = fnv1a_byte(hash, byte);
  return hash;
}

// Hashes the bits of floats as little-endian bytes on every machine: +0 and -0 differ, NaNs with
// equal bits are equal.
constexpr uint64_t fnv1a(std::span<const float> values, uint64_t hash = kFnvOffset) {
  for (float value : values) {
    const uint32_t bits = std::bit_cast<uint32_t>(value);
    for (int shift = 0; shift < 32; shift += 8) {
      hash = fnv1a_byte(hash, static_cast<uint8_t>(bits >> shift));
    }
  }
  return hash;
}

}  // namespace downhill
