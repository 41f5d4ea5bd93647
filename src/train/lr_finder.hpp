// The learning-rate finder: trains for a hundred batches from where the run stands, each step with
// a larger rate than the one before, and records the losses (L. Smith, "Cyclical learning rates for
// training neural networks", 2017; the rules are fastai's, see lr_sweep.hpp). It moves a copy of
// the weights: between two calls the run is untouched.
#pragma once

#include "train/excursion.hpp"
#include "train/lr_sweep.hpp"

namespace downhill {

class Trainer;

class LrFinder {
 public:
  // Copies weights, running statistics and optimizer state. Later only the first batch and the
  // growing sweep allocate. The trainer must outlive the finder, and must not be rebuilt meanwhile.
  explicit LrFinder(Trainer& trainer);

  // Trains on the batch that the run would see next, with the run's dropout, momentum, weight decay
  // and clipping. False when the sweep is over.
  bool advance();
  bool done() const { return done_; }
  // The suggestions are there when it is done.
  const LrSweep& result() const { return recorder_.sweep(); }

 private:
  Excursion excursion_;
  SweepRecorder recorder_;
  bool done_ = false;
};

}  // namespace downhill
