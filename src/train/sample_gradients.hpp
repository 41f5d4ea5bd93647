// The gradient of each single image of the current batch: what the batch's gradient is the mean of.
// An image's own loss is that of its row of the outputs in the training pass of the whole batch. So
// where batch norm lets the images see each other, it is taken with the statistics of all of them,
// and an image's gradient also goes through what it does to the others' mean and deviation. With
// that definition the mean is the gradient of the batch, up to rounding, for every model. Nothing
// of the run is touched.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "autograd/tape.hpp"
#include "base/arena.hpp"
#include "train/findings.hpp"

namespace downhill {

class Trainer;

class SampleGradients {
 public:
  // The trainer must outlive it, and not be rebuilt under it.
  explicit SampleGradients(Trainer& trainer);

  // That of image `place` of the batch, with the weights as they are, into `grads`, as long as the
  // slab of gradients; 0 for frozen parameters. Costs the forward and backward of one image, or of
  // the whole batch if the model has batch norm or dropout (whose mask is one for the batch).
  // Precondition: place < trainer.batch().size.
  void gradient(uint32_t place, std::span<float> grads);

  // The norms of all of them, one image a call. False when all are there. The trainer must rest
  // meanwhile.
  bool advance();
  bool done() const;
  const SampleNorms& norms() const { return norms_; }

 private:
  Var of_one(uint32_t place);
  Var of_whole(uint32_t place);

  Trainer& trainer_;
  bool alone_;  // an image goes through the model as it would without the others
  Arena arena_, loss_arena_;
  Tape tape_{arena_}, loss_tape_{loss_arena_};
  std::vector<float> scratch_;
  SampleNorms norms_;
};

}  // namespace downhill
