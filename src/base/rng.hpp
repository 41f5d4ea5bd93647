// Random numbers that are the same on every machine: a counter-based generator (Philox4x32-10) with
// named streams. The n-th number of a stream is a pure function of its key and n, so a layer, an
// epoch or a probe may draw any number of values without changing another stream. Knows nothing of
// time or of <random>.
//
//   Rng init = Rng(seed).split("init").split("layer1.weight");
//   for (float& w : weights) w = init.normal();
//
// Source: J. Salmon, M. Moraes, R. Dror, D. Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC
// 2011).
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace downhill {

// The block function: four random words from a counter and a key.
std::array<uint32_t, 4> philox4x32(std::array<uint32_t, 4> counter, std::array<uint32_t, 2> key);

class Rng {
 public:
  explicit Rng(uint64_t seed);

  // An independent stream. It depends on this stream's key and on the name, not on how many numbers
  // this stream has drawn.
  [[nodiscard]] Rng split(std::string_view name) const;
  [[nodiscard]] Rng split(uint64_t index) const;

  uint32_t bits();    // 32 random bits
  uint64_t bits64();  // 64 random bits, the first draw in the low half

  float uniform();                       // [0, 1): a multiple of 2^-24
  float uniform(float low, float high);  // low + (high - low)·uniform(): [low, high]
  // Mean 0, standard deviation 1, by Marsaglia's polar method with our own logarithm.
  float normal();
  // Unbiased in [0, n), by Lemire's multiply and reject. Precondition: n > 0.
  uint32_t below(uint32_t n);

  void shuffle(std::span<uint32_t> items);  // Fisher-Yates from the end

  uint64_t key() const { return key_; }

 private:
  struct Derived {};
  Rng(Derived, uint64_t key) : key_(key) {}

  uint64_t key_;
  uint64_t block_ = 0;               // blocks of four words made so far
  std::array<uint32_t, 4> words_{};  // the current block
  uint32_t used_ = 4;                // words of it already drawn
  float spare_normal_ = 0;           // the polar method makes two at a time
  bool has_spare_ = false;
};

}  // namespace downhill
