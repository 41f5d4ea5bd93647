// A growing curve that can be drawn at any width in time independent of its length. For every power
// of two it keeps the least and the greatest value of each block. Drawing picks the level with at
// most one block per pixel and draws both extremes of each block in the order in which they
// occurred: spikes survive, nothing is smoothed.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace downhill::ui {

class CurvePyramid {
 public:
  // Amortised constant time. A value that is not finite leaves a gap in the line.
  void append(float value);
  void clear();

  size_t size() const { return size_; }
  std::span<const float> values() const { return values_; }
  // Over all finite values; 0 when there are none.
  float least() const { return any_ ? least_ : 0; }
  float greatest() const { return any_ ? greatest_ : 0; }
  float least_positive() const { return least_positive_; }  // 0: none

  // Appends at most about 2 * columns + 2 * log2(size) points to xs and ys (not cleared): x is the
  // index of the value plus `first_x`. A gap is a point whose y is NaN.
  void points(size_t columns, float first_x, std::vector<float>& xs, std::vector<float>& ys) const;

 private:
  struct Block {  // 2^(level + 1) values
    float low = 0, high = 0;
    uint32_t low_at = 0, high_at = 0;  // index of the value
    bool gap = false;                  // none of them is finite
  };
  Block leaf(size_t index) const;
  static Block join(const Block& a, const Block& b);
  static void emit(const Block& block, float first_x, std::vector<float>& xs,
                   std::vector<float>& ys);

  size_t size_ = 0;
  std::vector<float> values_;
  std::vector<std::vector<Block>> levels_;  // levels_[k]: blocks of 2^(k + 1), whole ones only
  bool any_ = false;
  float least_ = 0, greatest_ = 0, least_positive_ = 0;
};

}  // namespace downhill::ui
