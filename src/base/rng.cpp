#include "base/rng.hpp"

#include <cassert>
#include <cmath>
#include <utility>

#include "base/hash.hpp"
#include "simd/math.hpp"

namespace downhill {
namespace {

// Constants of the paper: two multipliers, and the two Weyl increments (golden ratio, and sqrt 3 -
// 1) that change the key between rounds.
constexpr uint32_t kMultiplier0 = 0xD2511F53, kMultiplier1 = 0xCD9E8D57;
constexpr uint32_t kBump0 = 0x9E3779B9, kBump1 = 0xBB67AE85;

uint64_t join(uint32_t low, uint32_t high) { return uint64_t{high} << 32 | low; }

// The block function itself turns seeds and names into keys, so that neighbours get unrelated keys.
uint64_t derive(uint64_t parent, uint64_t label, uint32_t kind) {
  const auto words =
      philox4x32({static_cast<uint32_t>(label), static_cast<uint32_t>(label >> 32), kind, 0},
                 {static_cast<uint32_t>(parent), static_cast<uint32_t>(parent >> 32)});
  return join(words[0], words[1]);
}

constexpr uint32_t kFromSeed = 1, kFromName = 2, kFromIndex = 3;

}  // namespace

std::array<uint32_t, 4> philox4x32(std::array<uint32_t, 4> c, std::array<uint32_t, 2> k) {
  for (int round = 0; round < 10; ++round) {
    const uint64_t p0 = uint64_t{kMultiplier0} * c[0];
    const uint64_t p1 = uint64_t{kMultiplier1} * c[2];
    c = {static_cast<uint32_t>(p1 >> 32) ^ c[1] ^ k[0], static_cast<uint32_t>(p1),
         static_cast<uint32_t>(p0 >> 32) ^ c[3] ^ k[1], static_cast<uint32_t>(p0)};
    k = {k[0] + kBump0, k[1] + kBump1};
  }
  return c;
}

Rng::Rng(uint64_t seed) : key_(derive(0, seed, kFromSeed)) {}

Rng Rng::split(std::string_view name) const {
  return {Derived{}, derive(key_, fnv1a(name), kFromName)};
}

Rng Rng::split(uint64_t index) const { return {Derived{}, derive(key_, index, kFromIndex)}; }

uint32_t Rng::bits() {
  if (used_ == 4) {
    words_ = philox4x32({static_cast<uint32_t>(block_), static_cast<uint32_t>(block_ >> 32), 0, 0},
                        {static_cast<uint32_t>(key_), static_cast<uint32_t>(key_ >> 32)});
    ++block_;
    used_ = 0;
  }
  return words_[used_++];
}

uint64_t Rng::bits64() {
  const uint32_t low = bits();
  return join(low, bits());
}

float Rng::uniform() { return static_cast<float>(bits() >> 8) * 0x1p-24f; }

float Rng::uniform(float low, float high) { return low + (high - low) * uniform(); }

float Rng::normal() {
  if (has_spare_) {
    has_spare_ = false;
    return spare_normal_;
  }
  // A random point in the unit disc other than its centre: its radius gives the length, its
  // direction the two normals.
  float u, v, s;
  do {
    u = 2.0f * uniform() - 1.0f;
    v = 2.0f * uniform() - 1.0f;
    s = u * u + v * v;
  } while (s >= 1.0f || s == 0.0f);
  const float scale = std::sqrt(-2.0f * simd::log(s) / s);
  spare_normal_ = v * scale;
  has_spare_ = true;
  return u * scale;
}

uint32_t Rng::below(uint32_t n) {
  assert(n > 0);
  // D. Lemire, "Fast random integer generation in an interval" (2019).
  uint64_t product = uint64_t{bits()} * n;
  if (static_cast<uint32_t>(product) < n) {
    const uint32_t unfair = (0u - n) % n;
    while (static_cast<uint32_t>(product) < unfair) product = uint64_t{bits()} * n;
  }
  return static_cast<uint32_t>(product >> 32);
}

void Rng::shuffle(std::span<uint32_t> items) {
  for (size_t i = items.size(); i > 1; --i) {
    std::swap(items[i - 1], items[below(static_cast<uint32_t>(i))]);
  }
}

}  // namespace downhill
