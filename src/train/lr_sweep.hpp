// Evaluates a sweep of learning rates: a smooth curve of the losses, when to stop, and which rates
// may be good. The rules are those of fastai's lr_find (callback/schedule.py: LRFinder and the four
// suggestions; learner.py: AvgSmoothLoss, whose values the suggestions are read from). Knows no
// model: losses come in one by one.
//
// One thing is not fastai's, which always suggests something: a suggestion must be read from what
// the sweep has seen. Where the loss did not fall, or where a rule stops at the first or the last
// rate, there is none.
#pragma once

#include <cstdint>
#include <span>

#include "train/findings.hpp"

namespace downhill {

class SweepRecorder {
 public:
  static constexpr uint32_t kRates = 100;
  // The n-th rate, from n = 0: 1e-7 · (10 / 1e-7)^(n / 100). The last one is 8.3.
  static float rate(uint32_t n);

  explicit SweepRecorder(uint32_t step) { sweep_.step = step; }

  // What single batches differ by is the deviation of the losses at this many first rates, which
  // hardly move the weights.
  static constexpr uint32_t kStill = 30;

  // Adds the loss before the step at the next rate. False when the sweep is over: all rates were
  // used, or the loss has exploded: its smooth curve is above four times its lowest point, or is
  // not finite. (fastai goes on after a NaN; the suggestions are the same.)
  bool add(float loss);
  uint32_t count() const { return static_cast<uint32_t>(sweep_.lrs.size()); }
  const LrSweep& sweep() const { return sweep_; }

 private:
  void finish(bool not_a_number);
  void suggest(std::span<const float> lrs, std::span<const float> smooth);

  LrSweep sweep_;
  double lerped_ = 0, power_ = 1;  // the running mean from 0, and 0.98^count
  double best_ = 0;                // the lowest smooth loss
};

// The suggestions, 0 for none. lrs rise by equal factors; losses are as many, and finite.

// The middle of the longest valley: the longest sequence of falling losses, among which others may
// stand. Its length n is subtracted from its last index, and n/3 and n/6 are added, each rounded
// down. None if no loss is below an earlier one.
float suggest_valley(std::span<const float> lrs, std::span<const float> losses);
// Two indices 15 apart move left from the end until the slopes there differ by at most 0.005. The
// suggestion is the left one, one step before that. None for fewer than 16 rates.
float suggest_slide(std::span<const float> lrs, std::span<const float> losses);
// A tenth of the rate with the lowest loss; of equal losses the first counts.
float suggest_minimum(std::span<const float> lrs, std::span<const float> losses);
// The rate at which the loss falls most per ln lr, that is, from one rate to the next. None if it
// never falls.
float suggest_steep(std::span<const float> lrs, std::span<const float> losses);

}  // namespace downhill
