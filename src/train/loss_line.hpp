// The current batch's loss along the line of plain gradient descent: at w - t·lr·gradient for t
// from -1 to 4. t = 0 is at the current weights, t = 1 after a step of SGD at the next step's rate.
// Between two calls the run is untouched.
#pragma once

#include <cstdint>
#include <vector>

#include "train/findings.hpp"

namespace downhill {

class Trainer;

class LossLineProbe {
 public:
  static constexpr uint32_t kPoints = 41;  // one each eighth, 0 and 1 among them
  static float distance(uint32_t point) { return -1.0f + 0.125f * static_cast<float>(point); }

  // Computes the gradient; later calls allocate nothing. The trainer must outlive it, and must not
  // advance or be rebuilt meanwhile. Frozen parameters do not move.
  explicit LossLineProbe(Trainer& trainer);

  // Computes one point, which is one forward. False when all points are there.
  bool advance();
  bool done() const { return result_.losses.size() == kPoints; }
  const LossLine& result() const { return result_; }

 private:
  Trainer& trainer_;
  std::vector<float> gradient_, weights_;
  LossLine result_;
};

}  // namespace downhill
