// SHA-256 (FIPS 180-4), to compare the committed data with their checksums.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <string>
#include <vector>

namespace downhill::test {

// The first 32 bits of the fractional part of the square (power 2) or cube (power 3) root of a
// prime.
inline uint32_t root_bits(uint32_t prime, int power) {
  // The largest x with x^power <= prime * 2^(32 power), in 128-bit integers by bisection.
  __extension__ typedef unsigned __int128 Wide;
  uint64_t low = 0, high = uint64_t{32} << 32;
  while (high - low > 1) {
    const uint64_t x = low + (high - low) / 2;
    // Compare x^power with prime << (32 · power) without overflow: cubes of 37 bits need 111.
    const Wide square = Wide{x} * x;
    const bool fits = power == 2 ? square <= Wide{prime} << 64 : square * x <= Wide{prime} << 96;
    (fits ? low : high) = x;
  }
  return static_cast<uint32_t>(low);
}

inline std::string sha256(std::vector<uint8_t> bytes) {
  std::array<uint32_t, 64> k{};
  std::array<uint32_t, 8> h{};
  uint32_t prime = 1;
  for (uint32_t i = 0; i < 64; ++i) {
    for (bool divisible = true; divisible;) {
      ++prime;
      divisible = false;
      for (uint32_t d = 2; d * d <= prime; ++d) divisible |= prime % d == 0;
    }
    k[i] = root_bits(prime, 3);
    if (i < 8) h[i] = root_bits(prime, 2);
  }

  const uint64_t bits = uint64_t{bytes.size()} * 8;
  bytes.push_back(0x80);
  while (bytes.size() % 64 != 56) bytes.push_back(0);
  for (int shift = 56; shift >= 0; shift -= 8) bytes.push_back(static_cast<uint8_t>(bits >> shift));

  for (size_t at = 0; at < bytes.size(); at += 64) {
    std::array<uint32_t, 64> w{};
    for (size_t i = 0; i < 64; ++i) {
      if (i < 16) {
        for (size_t j = 0; j < 4; ++j) w[i] = w[i] << 8 | bytes[at + 4 * i + j];
        continue;
      }
      const uint32_t s0 = std::rotr(w[i - 15], 7) ^ std::rotr(w[i - 15], 18) ^ (w[i - 15] >> 3);
      const uint32_t s1 = std::rotr(w[i - 2], 17) ^ std::rotr(w[i - 2], 19) ^ (w[i - 2] >> 10);
      w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    auto [a, b, c, d, e, f, g, z] = h;
    for (size_t i = 0; i < 64; ++i) {
      const uint32_t s1 = std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25);
      const uint32_t t1 = z + s1 + ((e & f) ^ (~e & g)) + k[i] + w[i];
      const uint32_t s0 = std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22);
      const uint32_t t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
      z = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
    }
    const std::array<uint32_t, 8> round{a, b, c, d, e, f, g, z};
    for (size_t i = 0; i < 8; ++i) h[i] += round[i];
  }

  std::string text;
  for (uint32_t word : h) {
    for (int shift = 28; shift >= 0; shift -= 4) text += "0123456789abcdef"[word >> shift & 15];
  }
  return text;
}

}  // namespace downhill::test
