// The loss along the line on which plain gradient descent would step: of the current batch, at
// w - t·lr·gradient for t from -1 to 4. t = 0 is where the weights are, t = 1 where SGD with the
// rate of the next step would put them. Between two calls everything of the run is as it was.
#pragma once

#include <cstdint>
#include <vector>

#include "train/findings.hpp"

namespace downhill {

class Trainer;

class LossLineProbe {
 public:
  static constexpr uint32_t kPoints = 41;  // one every eighth, so 0 and 1 are among them
  static float distance(uint32_t point) { return -1.0f + 0.125f * static_cast<float>(point); }

  // Takes the gradient; the only place that allocates. The trainer must outlive it, rest, and not
  // be rebuilt. Frozen parameters stay where they are.
  explicit LossLineProbe(Trainer& trainer);

  // One point: one forward. False when all are there.
  bool advance();
  bool done() const { return result_.losses.size() == kPoints; }
  const LossLine& result() const { return result_; }

 private:
  Trainer& trainer_;
  std::vector<float> gradient_, weights_;
  LossLine result_;
};

}  // namespace downhill
