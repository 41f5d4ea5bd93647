// Step by nudging: move one weight a little up and down, and see what the loss does. Rise over run,
// beside the number that backward gives for every weight at once. Both are of the weights as they
// are at this moment and of the current batch; the run itself is not touched.
#pragma once

#include <span>

namespace downhill {

class Trainer;

struct Nudge {
  float value = 0;                             // w
  float h = 0;                                 // how far it is moved
  float loss = 0, loss_up = 0, loss_down = 0;  // at w, w + h, w - h
  float slope = 0;                             // (loss_up - loss_down) / 2h
  float gradient = 0;                          // from backward
};

// `weight` points into the trainer's slab of values; `scratch` is as long as the slab.
Nudge nudge(Trainer& trainer, float* weight, std::span<float> scratch);

}  // namespace downhill
