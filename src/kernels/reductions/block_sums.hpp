// How the sums of blocks become one sum. A long chain of additions loses digits where its terms are
// alike, as the background of MNIST is: each addition rounds the same way. Pairs of pairs do not.
#pragma once

#include <cstddef>

#include "simd/f32x4.hpp"

namespace downhill::kernels {

// Terms in a block. A sum of more terms is that of the first 2^k blocks, as many as leave some, plus
// that of the others; both are divided in the same way.
inline constexpr size_t kSumBlock = 1024;

// Takes the sums of blocks in order and adds them up so. V: float, or four lanes. Two neighbours of
// one size are added at once, as a binary counter carries.
template <class V>
class BlockSums {
 public:
  void add(V block) {
    size_t level = 0;
    for (size_t n = ++count_; n % 2 == 0; n /= 2) block = levels_[level++] + block;
    levels_[level] = block;
  }
  // The sum; 0 if there was no block.
  V total() const {
    V sum{};
    bool any = false;
    size_t level = 0;
    for (size_t n = count_; n != 0; n /= 2, ++level) {
      if (n % 2 == 0) continue;
      sum = any ? levels_[level] + sum : levels_[level];
      any = true;
    }
    return sum;
  }

 private:
  static constexpr size_t kLevels = 21;  // 2^31 terms
  size_t count_ = 0;
  V levels_[kLevels];  // [k]: of 2^k blocks, where bit k of the count is set
};

}  // namespace downhill::kernels
