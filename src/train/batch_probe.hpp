// The loss and the gradient of a run's current batch, with the weights as they are at this moment.
// Nudge, loss line, curvature and the gradients of single images use it, often with weights that
// they have moved. It leaves nothing behind: the tape is its own, running statistics stay, and the
// run's gradients come back.
#pragma once

#include <cstdint>
#include <span>

#include "autograd/tape.hpp"
#include "base/arena.hpp"
#include "nn/layers.hpp"

namespace downhill {

class Trainer;

class BatchProbe {
 public:
  // The trainer must outlive it.
  explicit BatchProbe(Trainer& trainer) : trainer_(trainer) {}

  // The training pass of the current batch, with its dropout masks, that does not move the running
  // statistics.
  Pass pass() const;
  // The mean loss over the batch.
  float loss();
  // The gradient of that loss, into `grads`, as long as the slab of gradients.
  void gradient(std::span<float> grads);

  uint64_t tape_allocations() const { return arena_.system_allocations(); }

 private:
  Trainer& trainer_;
  Arena arena_;
  Tape tape_{arena_};
};

}  // namespace downhill
