// One image on its way through the model, as the automatic test sees it: what every layer makes of
// it, what the model answers, and which pixels the loss hangs on. Nothing of the run is touched.
#pragma once

#include <cstdint>
#include <span>

#include "autograd/tape.hpp"
#include "base/arena.hpp"
#include "train/findings.hpp"

namespace downhill {

class Dataset;
class Trainer;

// What to look at.
struct Subject {
  std::span<const uint8_t> pixels;  // [784], 0 paper ... 255 ink
  uint8_t label = 0;                // the class that its loss is taken for
  uint8_t digit = 0;                // what it shows
};
// Precondition: index < dataset.size().
Subject subject_of(const Dataset& dataset, uint32_t index);
// An image of the current batch, as augmentation has made it. Good until the next batch.
// Precondition: place < trainer.batch().size.
Subject subject_of_batch(const Trainer& trainer, uint32_t place);

class Inspector {
 public:
  // The trainer must outlive it.
  explicit Inspector(Trainer& trainer) : trainer_(trainer) {}

  // One forward and one backward of a single image, with the weights as they are at this moment.
  // Good until the next call.
  const Inspection& look(const Subject& subject);

 private:
  void take_layers(std::span<const Var> outputs);

  Trainer& trainer_;
  Arena arena_;
  Tape tape_{arena_};
  std::vector<Var> outputs_;
  Inspection result_;
};

}  // namespace downhill
