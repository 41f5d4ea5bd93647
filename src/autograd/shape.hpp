// The extents of a tensor: at most four, the last one contiguous in memory. A Shape is a small
// value and knows no data. Shape{} has rank 0 and one element: a scalar, as in PyTorch.
#pragma once

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>

namespace downhill {

class Shape {
 public:
  static constexpr uint32_t kMaxRank = 4;

  constexpr Shape() = default;
  constexpr Shape(std::initializer_list<uint32_t> extents) {
    assert(extents.size() <= kMaxRank);
    for (uint32_t extent : extents) extents_[rank_++] = extent;
  }

  constexpr uint32_t rank() const { return rank_; }
  // Precondition: axis < rank().
  constexpr uint32_t operator[](uint32_t axis) const {
    assert(axis < rank_);
    return extents_[axis];
  }
  // The number of elements: 1 for a scalar, 0 if any extent is 0.
  constexpr size_t size() const {
    size_t product = 1;
    for (uint32_t axis = 0; axis < rank_; ++axis) product *= extents_[axis];
    return product;
  }
  // Whether a tensor may have this shape: at most kMaxSize numbers, so that their bytes fit 32 bits.
  // Extents of 0 are left out, so no product of some of the extents wraps on any machine.
  static constexpr uint32_t kMaxSize = (1u << 30) - 1;
  constexpr bool fits() const {
    uint64_t product = 1;
    for (uint32_t axis = 0; axis < rank_; ++axis) {
      if (extents_[axis] != 0) product *= extents_[axis];
      if (product > kMaxSize) return false;
    }
    return true;
  }
  constexpr void append(uint32_t extent) {
    assert(rank_ < kMaxRank);
    extents_[rank_++] = extent;
  }
  constexpr bool operator==(const Shape&) const = default;

 private:
  std::array<uint32_t, kMaxRank> extents_{};  // 0 from rank_ on, so that == may compare all
  uint32_t rank_ = 0;
};

// "[256, 784]"; a scalar is "[]".
std::string print(const Shape& shape);

// The shape that two shapes broadcast to, by PyTorch's rule: aligned at the last axis, extents must
// be equal or 1, and missing ones count as 1. Nothing if they do not fit.
std::optional<Shape> broadcast(const Shape& a, const Shape& b);

}  // namespace downhill
