#include "ui/curve_pyramid.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace downhill::ui {

CurvePyramid::Block CurvePyramid::leaf(size_t index) const {
  const auto at = static_cast<uint32_t>(index);
  const float v = values_[index];
  return {v, v, at, at, !std::isfinite(v)};
}

CurvePyramid::Block CurvePyramid::join(const Block& a, const Block& b) {
  if (a.gap) return b;
  if (b.gap) return a;
  Block both = a;
  if (b.low < a.low) both.low = b.low, both.low_at = b.low_at;
  if (b.high > a.high) both.high = b.high, both.high_at = b.high_at;
  return both;
}

void CurvePyramid::append(float value) {
  values_.push_back(value);
  size_ += 1;
  if (std::isfinite(value)) {
    least_ = any_ ? std::min(least_, value) : value;
    greatest_ = any_ ? std::max(greatest_, value) : value;
    any_ = true;
    if (value > 0 && (least_positive_ == 0 || value < least_positive_)) least_positive_ = value;
  }
  // Append every block that this value completes.
  for (size_t level = 0; size_ % (size_t{2} << level) == 0; ++level) {
    if (levels_.size() == level) levels_.emplace_back();
    if (level == 0) {
      levels_[0].push_back(join(leaf(size_ - 2), leaf(size_ - 1)));
    } else {
      const std::vector<Block>& below = levels_[level - 1];
      levels_[level].push_back(join(below[below.size() - 2], below[below.size() - 1]));
    }
  }
}

void CurvePyramid::clear() { *this = CurvePyramid(); }

void CurvePyramid::emit(const Block& block, float first_x, std::vector<float>& xs,
                        std::vector<float>& ys) {
  const auto put = [&](uint32_t at, float y) {
    xs.push_back(first_x + static_cast<float>(at));
    ys.push_back(y);
  };
  if (block.gap) return put(block.low_at, std::numeric_limits<float>::quiet_NaN());
  if (block.low_at == block.high_at) return put(block.low_at, block.low);
  if (block.low_at < block.high_at) {
    put(block.low_at, block.low);
    put(block.high_at, block.high);
  } else {
    put(block.high_at, block.high);
    put(block.low_at, block.low);
  }
}

void CurvePyramid::points(size_t columns, float first_x, std::vector<float>& xs,
                          std::vector<float>& ys) const {
  columns = std::max<size_t>(columns, 2);
  size_t at = 0;
  // The lowest level with no more blocks than columns; level 0 is the values themselves.
  size_t level = 0;
  while ((size_ >> level) > columns) ++level;
  // Whole blocks of that level first, then the rest in ever smaller blocks.
  for (size_t left = level + 1; left-- > 0;) {
    const size_t length = size_t{1} << left;
    for (; at + length <= size_; at += length) {
      emit(left == 0 ? leaf(at) : levels_[left - 1][at / length], first_x, xs, ys);
    }
  }
}

}  // namespace downhill::ui
