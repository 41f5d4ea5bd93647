// How a model runs through the points that it learns from: its output at each of them and along the
// whole time, with the weights as they are and with those of the step beside them. A pass as in a
// test; the run is untouched. Of experiments with points only.
#pragma once

#include <cstdint>
#include <vector>

namespace downhill {

class Trainer;

struct Fit {
  uint32_t step = 0;  // steps that the run had done: its weights
  // The points of the training set: time, target, output; and which are in the current batch.
  std::vector<float> times, targets, outputs;
  std::vector<uint8_t> in_batch;
  // Of t² and t, or of t alone: what is taken off, and by what is divided, before the model sees them.
  std::vector<float> means, deviations;
  // The outputs along the time, in even steps from a little before the first point to a little
  // behind the last one.
  std::vector<float> curve_times, curve;
  // The same after the next step if the gradient has just been taken, otherwise before the last one;
  // empty without a gradient.
  std::vector<float> other_curve;
  float loss = 0;  // of these outputs: the mean over the points
  bool operator==(const Fit&) const = default;
};

// Precondition: has_points(trainer.spec().data).
Fit fit_of(Trainer& trainer);

}  // namespace downhill
