// The steps that a run would do next, made on a copy: with its batches, dropout, momentum, weight
// decay and clipping, and with any learning rate. Between two calls the run is untouched.
#pragma once

#include <cstdint>
#include <vector>

#include "autograd/tape.hpp"
#include "base/arena.hpp"
#include "data/loader.hpp"
#include "nn/optimizers.hpp"

namespace downhill {

class Trainer;

class Excursion {
 public:
  // Copies weights, running statistics and optimizer state. Later only the first step allocates.
  // The trainer must outlive it, and must not be rebuilt meanwhile.
  explicit Excursion(Trainer& trainer);

  // Trains on the batch that comes next. Returns its loss before the step.
  float step(float lr);

 private:
  void swap_weights();
  float train(float lr);

  Trainer& trainer_;
  Loader loader_;
  uint64_t batch_;  // counted over all epochs
  Optimizer optimizer_;
  // The copy; in step() it changes places with the run's.
  std::vector<float> values_, buffers_, grads_;
  std::vector<float> carried_;  // gradients that are not cleared; empty if they are
  Arena arena_;
  Tape tape_{arena_};
};

}  // namespace downhill
