// What a sweep of learning rates says: a smooth curve of the losses, when to stop, and where on the
// curve a good rate may be. Rules of fastai's lr_find (callback/schedule.py: LRFinder and the four
// suggestions; learner.py: AvgSmoothLoss, whose values the suggestions are read from). Knows no
// model: losses come in one by one.
#pragma once

#include <cstdint>
#include <span>

#include "train/findings.hpp"

namespace downhill {

class SweepRecorder {
 public:
  static constexpr uint32_t kRates = 100;
  // The n-th rate, from 0: 1e-7 · (10 / 1e-7)^(n / 100), so the last one is 8.3.
  static float rate(uint32_t n);

  explicit SweepRecorder(uint32_t step) { sweep_.step = step; }

  // Takes in the loss before the step at the next rate. False when the sweep is over: all rates had
  // their turn, or the loss has exploded, which it has when its smooth curve is above four times
  // its lowest or not finite. (fastai trains on through NaNs; the suggestions are the same.)
  bool add(float loss);
  uint32_t count() const { return static_cast<uint32_t>(sweep_.lrs.size()); }
  const LrSweep& sweep() const { return sweep_; }

 private:
  void finish(bool not_a_number);

  LrSweep sweep_;
  double lerped_ = 0, power_ = 1;  // the running mean, which began at 0, and 0.98^count
  double best_ = 0;                // the lowest smooth loss
};

// The suggestions; 0 where there is none. lrs rise by equal factors, and losses are as many and
// finite.

// The middle of the longest valley. That is the longest sequence of falling losses, others may
// stand between them; its number of losses is counted back from its end, and the middle is a third
// and a sixth of it further, each rounded down. None where no loss is below an earlier one.
float suggest_valley(std::span<const float> lrs, std::span<const float> losses);
// Two places 15 apart move left from the end until their slopes differ by at most 0.005: the left
// one, one step before that. None of fewer than 16 rates.
float suggest_slide(std::span<const float> lrs, std::span<const float> losses);
// A tenth of the rate with the lowest loss, the first of equals.
float suggest_minimum(std::span<const float> lrs, std::span<const float> losses);
// Where the loss falls the fastest per ln lr, that is from one rate to the next. None where it
// never falls.
float suggest_steep(std::span<const float> lrs, std::span<const float> losses);

}  // namespace downhill
