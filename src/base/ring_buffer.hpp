// The last N of a stream, in the order in which they came. The memory is taken once, when it is
// built; a push into a full ring forgets the oldest. Knows nothing of what it holds.
#pragma once

#include <cassert>
#include <cstddef>
#include <vector>

namespace downhill {

template <class T>
class RingBuffer {
 public:
  // Precondition: capacity > 0.
  explicit RingBuffer(size_t capacity) : items_(capacity) { assert(capacity > 0); }

  void push(const T& item) {
    items_[(first_ + size_) % items_.size()] = item;
    if (size_ < items_.size()) {
      ++size_;
    } else {
      first_ = (first_ + 1) % items_.size();
    }
  }

  // Takes back the newest `count` (all, if there are fewer).
  void drop_newest(size_t count) { size_ -= count < size_ ? count : size_; }
  void clear() { first_ = size_ = 0; }

  // 0 is the oldest that is still there. Precondition: index < size().
  const T& operator[](size_t index) const {
    assert(index < size_);
    return items_[(first_ + index) % items_.size()];
  }
  T& operator[](size_t index) {
    assert(index < size_);
    return items_[(first_ + index) % items_.size()];
  }
  const T& oldest() const { return (*this)[0]; }
  const T& newest() const { return (*this)[size_ - 1]; }

  size_t size() const { return size_; }
  size_t capacity() const { return items_.size(); }
  bool empty() const { return size_ == 0; }
  bool full() const { return size_ == items_.size(); }

 private:
  std::vector<T> items_;
  size_t first_ = 0;
  size_t size_ = 0;
};

}  // namespace downhill
