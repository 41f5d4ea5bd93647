// The curves of a race in a form that draws fast: of every lane each batch's loss, and the mean of
// so many batches in a row that lanes can be told apart. Fed with new points only. Knows no
// drawing.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "session/race.hpp"
#include "ui/curve_store.hpp"

namespace downhill::ui {

struct LaneCurve {
  StepCurve each;  // the loss of each batch
  // Means of blocks of batches, each at the middle of its block. When the lane is over the last
  // block may be shorter, by half at the most.
  std::vector<float> mean_steps, means;
  float end_step = 0, end_loss = 0;  // where its thick line ends; step 0: there is none yet

 private:
  friend class RaceCurves;
  void update(const RaceLane& lane, uint32_t block);
  void add_block(size_t step);

  size_t counted_ = 0;  // losses that are part of a mean, or of `sum_`
  double sum_ = 0;
  uint32_t in_sum_ = 0;
};

class RaceCurves {
 public:
  void update(const RaceView& race);

  std::span<LaneCurve> lanes() { return lanes_; }
  std::span<const LaneCurve> lanes() const { return lanes_; }
  uint32_t block() const { return block_; }  // batches per mean
  // Over the means of the lanes: the least one, and the greatest one that is worth seeing (where a
  // lane runs away it may leave the chart). 0: none yet.
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

// Where a curve that ends above `top` has left for good, in steps from 1; 0 when it ends below.
float exit_step(std::span<const float> losses, float top);

// Moves `ys` apart where they are closer than `gap`, each as little as their order allows, within
// low..high. Precondition: room for all of them.
void spread_apart(std::span<float> ys, float low, float high, float gap);

}  // namespace downhill::ui
