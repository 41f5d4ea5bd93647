// The gradients of the single images of the current batch, whose mean is the batch's gradient. The
// loss of an image is that of its row of the outputs in a training pass of the whole batch. So with
// batch norm it is computed with the statistics of all images, and its gradient includes the
// image's effect on their mean and deviation. By this definition the mean is the gradient of the
// batch, up to rounding, for every model. The run is untouched.
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
  // The trainer must outlive it, and must not be rebuilt meanwhile.
  explicit SampleGradients(Trainer& trainer);

  // The gradient of image `place` of the batch with the current weights, into `grads`, as long as
  // the slab of gradients; 0 for frozen parameters. Costs the forward and backward of one image, or
  // of the whole batch if the model has batch norm or dropout, whose mask is drawn for the batch.
  // Precondition: place < trainer.batch().size.
  void gradient(uint32_t place, std::span<float> grads);

  // Computes the norm of the next image's gradient. False when all are there. The trainer must not
  // advance meanwhile.
  bool advance();
  bool done() const;
  const SampleNorms& norms() const { return norms_; }

 private:
  Var of_one(uint32_t place);
  Var of_whole(uint32_t place);

  Trainer& trainer_;
  bool alone_;  // an image's outputs do not depend on the other images
  Arena arena_, loss_arena_;
  Tape tape_{arena_}, loss_tape_{loss_arena_};
  std::vector<float> scratch_;
  SampleNorms norms_;
};

}  // namespace downhill
