// One image's way through the model, as in the automatic test: the output of every layer, the
// answer of the model, and how the loss depends on each pixel. The run is untouched.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "autograd/tape.hpp"
#include "base/arena.hpp"
#include "train/findings.hpp"

namespace downhill {

class Dataset;
class RunView;
class Trainer;

// The image to inspect.
struct Subject {
  std::span<const uint8_t> pixels;  // [rows, columns], 0 paper ... 255 ink
  uint8_t label = 0;                // the class for which its loss is computed
  uint8_t digit = 0;                // that it shows
};
// Precondition: index < dataset.size().
Subject subject_of(const Dataset& dataset, uint32_t index);
// An image of the current batch, after augmentation. Valid until the next batch.
// Precondition: place < run.batch().size.
Subject subject_of_batch(const RunView& run, uint32_t place);

class Inspector {
 public:
  // The trainer must outlive it.
  explicit Inspector(Trainer& trainer) : trainer_(trainer) {}

  // One forward and one backward of a single image with the current weights. The result is valid
  // until the next call.
  const Inspection& look(const Subject& subject);

 private:
  void take_layers(std::span<const Var> outputs);

  Trainer& trainer_;
  Arena arena_;
  Tape tape_{arena_};
  std::vector<Var> outputs_;
  std::vector<float> image_;  // as the network takes it
  Inspection result_;
};

}  // namespace downhill
