#include "base/arena.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace downhill {
namespace {

constexpr size_t kSmallestBlock = size_t{64} * 1024;

size_t round_up(size_t size) {
  return (size + Arena::kAlignment - 1) / Arena::kAlignment * Arena::kAlignment;
}

}  // namespace

Arena::Arena(size_t reserve_bytes) {
  if (reserve_bytes > 0) add_block(round_up(reserve_bytes));
}

Arena::~Arena() { release(); }

Arena::Arena(Arena&& other) noexcept
    : blocks_(std::move(other.blocks_)),
      current_(std::exchange(other.current_, 0)),
      offset_(std::exchange(other.offset_, 0)),
      high_water_(std::exchange(other.high_water_, 0)),
      system_allocations_(std::exchange(other.system_allocations_, 0)) {
  other.blocks_.clear();
}

Arena& Arena::operator=(Arena&& other) noexcept {
  if (this == &other) return *this;
  release();
  blocks_ = std::move(other.blocks_);
  other.blocks_.clear();
  current_ = std::exchange(other.current_, 0);
  offset_ = std::exchange(other.offset_, 0);
  high_water_ = std::exchange(other.high_water_, 0);
  system_allocations_ = std::exchange(other.system_allocations_, 0);
  return *this;
}

std::span<float> Arena::floats(size_t count) {
  const size_t padded = (count + kPad - 1) / kPad * kPad;
  float* data = static_cast<float*>(bytes(padded * sizeof(float)));
  std::fill(data + count, data + padded, 0.0f);
  return {data, count};
}

std::span<float> Arena::zeros(size_t count) {
  const std::span<float> result = floats(count);
  std::fill(result.begin(), result.end(), 0.0f);
  return result;
}

void* Arena::bytes(size_t size) {
  const size_t needed = std::max(round_up(size), kAlignment);
  while (current_ < blocks_.size() && blocks_[current_].size - offset_ < needed) {
    ++current_;
    offset_ = 0;
  }
  if (current_ == blocks_.size()) {
    // Doubling keeps the number of blocks logarithmic until a rewind to empty merges them.
    add_block(std::max({needed, kSmallestBlock, capacity()}));
  }
  void* result = blocks_[current_].data + offset_;
  offset_ += needed;
  high_water_ = std::max(high_water_, used());
  return result;
}

void Arena::rewind(Mark mark) {
  assert(mark.block < current_ || (mark.block == current_ && mark.offset <= offset_));
  current_ = mark.block;
  offset_ = mark.offset;
  if (current_ == 0 && offset_ == 0 && blocks_.size() > 1) merge();
}

size_t Arena::used() const {
  size_t total = offset_;
  for (size_t i = 0; i < current_; ++i) total += blocks_[i].size;
  return total;
}

size_t Arena::capacity() const {
  size_t total = 0;
  for (const Block& block : blocks_) total += block.size;
  return total;
}

void Arena::add_block(size_t size) {
  auto* data = static_cast<std::byte*>(::operator new (size, std::align_val_t{kAlignment}));
  blocks_.push_back({data, size});
  ++system_allocations_;
}

void Arena::release() {
  for (const Block& block : blocks_) ::operator delete (block.data, std::align_val_t{kAlignment});
  blocks_.clear();
}

void Arena::merge() {
  // The high-water mark counts the unused ends of blocks that a large request skipped, so one block
  // of that size fits the same requests again in any order.
  const size_t size = high_water_;
  release();
  add_block(size);
}

}  // namespace downhill
