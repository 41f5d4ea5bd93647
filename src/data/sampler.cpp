#include "data/sampler.hpp"

#include <cassert>
#include <numeric>

#include "base/rng.hpp"

namespace downhill {

Sampler::Sampler(uint32_t count, bool shuffle, uint64_t seed)
    : shuffle_(shuffle), seed_(seed), order_(count) {
  assert(count > 0);
  begin_epoch(0);
}

void Sampler::begin_epoch(uint64_t epoch) {
  epoch_ = epoch;
  // Starts from file order, so that an epoch does not depend on earlier ones.
  std::iota(order_.begin(), order_.end(), 0u);
  if (shuffle_) Rng(seed_).split("shuffle").split(epoch).shuffle(order_);
}

}  // namespace downhill
