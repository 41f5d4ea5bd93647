// The learning-rate finder: trains for a hundred batches from where the run stands, each step with
// a larger rate than the one before, and sees what the loss does (L. Smith, "Cyclical learning
// rates for training neural networks", 2017; the rules are fastai's, see lr_sweep.hpp). The weights
// it moves are its own: between two calls everything of the run is as it was.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "autograd/tape.hpp"
#include "base/arena.hpp"
#include "data/loader.hpp"
#include "nn/optimizers.hpp"
#include "train/lr_sweep.hpp"

namespace downhill {

class Trainer;

class LrFinder {
 public:
  // Copies weights, running statistics and optimizer state; later only the first batch and the
  // sweep, as it grows, allocate. The trainer must outlive the finder, and not be rebuilt under it.
  explicit LrFinder(Trainer& trainer);

  // Trains on one batch: those that the run would see next, with its dropout, momentum, weight
  // decay and clipping. False when the sweep is over.
  bool advance();
  bool done() const { return done_; }
  // Suggestions are there when it is done.
  const LrSweep& result() const { return recorder_.sweep(); }

 private:
  void swap_weights();
  float train(float lr);

  Trainer& trainer_;
  Loader loader_;
  uint64_t first_batch_;  // of all epochs
  Optimizer optimizer_;
  // The finder's own while the run has its; the other way round in advance().
  std::vector<float> values_, buffers_, grads_;
  Arena arena_;
  Tape tape_{arena_};
  SweepRecorder recorder_;
  bool done_ = false;
};

}  // namespace downhill
