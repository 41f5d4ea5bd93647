#include "train/checkpoints.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace downhill {

void TrainState::save(uint64_t steps_done, std::initializer_list<std::span<const float>> parts) {
  steps = steps_done;
  numbers.clear();
  for (const std::span<const float> part : parts) {
    numbers.insert(numbers.end(), part.begin(), part.end());
  }
}

void TrainState::load(std::initializer_list<std::span<float>> parts) const {
  size_t at = 0;
  for (const std::span<float> part : parts) {
    assert(at + part.size() <= numbers.size());
    std::copy_n(numbers.data() + at, part.size(), part.data());
    at += part.size();
  }
}

void Checkpoints::begin(size_t floats, uint32_t epochs) {
  const size_t bytes = std::max<size_t>(floats, 1) * sizeof(float);
  limit_ = std::max<size_t>(2, max_bytes_ / bytes);
  stride_ = 1;
  used_ = 0;
  kept_.resize(std::min<size_t>(limit_, size_t{epochs} + 1));
  for (Checkpoint& kept : kept_) kept.state.numbers.assign(floats, 0.0f);
}

TrainState* Checkpoints::place_for(uint32_t epoch) {
  if (used_ > 0 && kept_[used_ - 1].epoch >= epoch) return nullptr;
  if (epoch % stride_ != 0) return nullptr;
  if (used_ == limit_) {
    thin();
    if (epoch % stride_ != 0) return nullptr;
  }
  if (used_ == kept_.size()) kept_.emplace_back();
  kept_[used_].epoch = epoch;
  return &kept_[used_++].state;
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
