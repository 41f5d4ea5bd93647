// The order in which an epoch visits the images: unchanged, or shuffled by a random stream that
// depends only on seed and epoch, so that any epoch can be entered directly. Must not know what it
// orders.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace downhill {

class Sampler {
 public:
  // The only allocation. Precondition: count > 0.
  Sampler(uint32_t count, bool shuffle, uint64_t seed);

  // Epochs count from 0. Stream: Rng(seed).split("shuffle").split(epoch).
  void begin_epoch(uint64_t epoch);

  // A permutation of 0..count-1; that of epoch 0 at first.
  std::span<const uint32_t> order() const { return order_; }
  uint64_t epoch() const { return epoch_; }

 private:
  bool shuffle_;
  uint64_t seed_;
  uint64_t epoch_ = 0;
  std::vector<uint32_t> order_;
};

}  // namespace downhill
