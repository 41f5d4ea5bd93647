// Nudging a weight: the loss of the current batch with one weight moved a little up and down, and
// the slope from that, rise over run, beside the gradient that backward gives for every weight at
// once. The run is untouched.
#pragma once

#include <span>

namespace downhill {

class Trainer;

struct Nudge {
  float value = 0;                             // w
  float h = 0;                                 // how far it is moved
  float loss = 0, loss_up = 0, loss_down = 0;  // at w, w + h, w - h
  float slope = 0;                             // (loss_up - loss_down) / 2h
  float gradient = 0;                          // from backward, also of a frozen weight
};

// `weight` points into the trainer's slab of values; `scratch` is as long as the slab.
Nudge nudge(Trainer& trainer, float* weight, std::span<float> scratch);

}  // namespace downhill
