#include "train/checkpoints.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace downhill {

void Checkpoints::begin(size_t floats, uint32_t epochs) {
  const size_t bytes = std::max<size_t>(floats, 1) * sizeof(float);
  limit_ = std::max<size_t>(2, max_bytes_ / bytes);
  stride_ = 1;
  used_ = 0;
  kept_.resize(std::min<size_t>(limit_, size_t{epochs} + 1));
  for (Checkpoint& state : kept_) state.values.assign(floats, 0.0f);
}

void Checkpoints::save(uint32_t epoch, std::span<const float> values) {
  if (used_ > 0 && kept_[used_ - 1].epoch >= epoch) return;
  if (epoch % stride_ != 0) return;
  if (used_ == limit_) {
    thin();
    if (epoch % stride_ != 0) return;
  }
  if (used_ == kept_.size()) kept_.emplace_back();
  kept_[used_].epoch = epoch;
  kept_[used_].values.assign(values.begin(), values.end());
  ++used_;
}

const Checkpoint& Checkpoints::at_or_before(uint32_t epoch) const {
  assert(used_ > 0);
  size_t found = 0;
  while (found + 1 < used_ && kept_[found + 1].epoch <= epoch) ++found;
  return kept_[found];
}

void Checkpoints::rewind(uint32_t epoch) {
  while (used_ > 1 && kept_[used_ - 1].epoch > epoch) --used_;
}

void Checkpoints::thin() {
  stride_ *= 2;
  size_t kept = 0;
  for (size_t i = 0; i < used_; ++i) {
    if (kept_[i].epoch % stride_ == 0) std::swap(kept_[kept++], kept_[i]);
  }
  used_ = kept;
}

}  // namespace downhill
