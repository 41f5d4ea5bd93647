// Notices when a run goes wrong, and where that began: a loss that is not finite, that has grown
// far beyond its start, or that has climbed back after it had fallen, or a gradient that has
// vanished. Reads the recorder's numbers only, and never changes the run.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "train/recorder.hpp"

namespace downhill {

enum class Health : uint8_t {
  fine,
  diverged,   // the loss is not finite, has exploded, or has climbed back to where it began
  saturated,  // the gradient has vanished although the model is not good: steps change nothing
  faulty,     // a fault was switched on, and it shows (fault_signs.hpp)
};

struct Trouble {
  Health health = Health::fine;
  uint32_t step = 0;       // steps done when it was noticed
  uint32_t good_step = 0;  // steps done when all was well: where to go back to
  float lr = 0;            // the learning rate of the step that did it
  std::string diagnosis;   // one or two sentences; empty when fine
};

// The run had learned if its loss fell below kLearned of the first, and has lost it if the loss is
// back above kLost of the first.
inline constexpr double kLearned = 0.5, kLost = 0.9;

class HealthWatch {
 public:
  // `window`: the number of consecutive batch losses that are averaged before a comparison. With a
  // shuffled training set 16 batches are comparable; in file order only whole epochs are.
  // `cause`: why a loss grows, if a fault makes it (FaultRow::cause); empty for the usual reasons.
  // `saturates`: a vanished gradient is trouble. Where points are fitted it is the end of the way.
  void begin(uint32_t window, std::string_view cause = {}, bool saturates = true);

  // To be called after each step. Trouble stays until begin() or rewind(); only divergence takes the
  // place of a sign of a fault.
  const Trouble& look(const Recorder& recorder);
  // A loss that is not finite never becomes a step, so the trainer reports it here.
  const Trouble& not_finite(const Recorder& recorder, float loss, float lr);
  // The last step left a number in the parameter `name` that is not finite, or found it there. It
  // may have no effect on the loss, because the first layer leaves out pixels that are zero.
  const Trouble& weight_not_finite(const Recorder& recorder, std::string_view name, bool found,
                                   float lr);
  // A fault shows at the last step. Precondition: nothing else was noticed.
  void faulty(const Recorder& recorder, std::string sign);
  // To be called when the run went back to `recorder`'s last step.
  void rewind(const Recorder& recorder);

  const Trouble& trouble() const { return trouble_; }
  uint32_t window() const { return window_; }

 private:
  void accept(const CurvePoint& point);
  void compare(const Recorder& recorder, const CurvePoint& last);
  std::string grown(const Recorder& recorder, float lr) const;
  const Trouble& report_not_finite(const Recorder& recorder, float lr, std::string diagnosis);
  void report_vanished(const Recorder& recorder);
  void report(Health health, const Recorder& recorder, float lr, std::string diagnosis);

  uint32_t window_ = 16;
  std::string_view cause_;
  bool saturates_ = true;
  double sum_ = 0;  // of the window being filled
  uint32_t filled_ = 0;
  double first_mean_ = 0;  // of the first full window
  double best_mean_ = 0;
  double last_mean_ = 0;
  uint32_t windows_ = 0;
  uint32_t best_step_ = 0;   // end of the best window
  float first_loss_ = 0, first_norm_ = 0;  // of the first step
  uint32_t flat_steps_ = 0;  // consecutive steps with a vanished gradient
  Trouble trouble_;
};

}  // namespace downhill
