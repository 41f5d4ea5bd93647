// The curves of a race, prepared for fast drawing: for every lane each batch's loss, and means over
// blocks of consecutive batches, long enough that lanes can be told apart. Each update appends only
// new points. Knows no drawing.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "session/race.hpp"
#include "ui/curve_store.hpp"

namespace downhill::ui {

struct LaneCurve {
  StepCurve each;  // the loss of each batch
  // Means over blocks of batches, each at the middle of its block. Once the lane has ended, its
  // last block may be shorter: at least half a block, or whatever there is if it is the only one.
  std::vector<float> mean_steps, means;
  float end_step = 0, end_loss = 0;  // end of its thick line; step 0: no mean yet

 private:
  friend class RaceCurves;
  void update(const RaceLane& lane, uint32_t block);
  void add_block(size_t step);

  size_t counted_ = 0;  // losses already in a mean or in `sum_`
  double sum_ = 0;
  uint32_t in_sum_ = 0;
};

class RaceCurves {
 public:
  void update(const RaceView& race);

  std::span<LaneCurve> lanes() { return lanes_; }
  std::span<const LaneCurve> lanes() const { return lanes_; }
  uint32_t block() const { return block_; }  // batches per mean
  // Over the lanes' means: the least, and the greatest that the chart must show (a diverging lane
  // may leave the chart). 0: no mean yet.
  float least() const { return least_; }
  float greatest() const { return greatest_; }

 private:
  std::vector<LaneCurve> lanes_;
  uint64_t version_ = ~uint64_t{0};
  uint32_t race_ = 0;
  uint64_t steps_ = 0;
  uint32_t block_ = 1;
  float least_ = 0, greatest_ = 0;
};

// The step, counted from 1, at which a curve that ends above `top` crosses it for the last time; 0
// when the curve ends below.
float exit_step(std::span<const float> losses, float top);

// Moves `ys` apart until neighbours are at least `gap` apart, keeping their order and staying
// within low..high. Precondition: low..high has room for all of them.
void spread_apart(std::span<float> ys, float low, float high, float gap);

}  // namespace downhill::ui
