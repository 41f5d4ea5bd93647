#include "train/probe.hpp"

#include "train/trainer.hpp"

namespace downhill {

namespace {
// The loss has 24 bits, so a difference of two losses near 0.5 is uncertain by about 6e-8, and the
// slope by that over 2h. The truncation error of a central difference grows with h². With a
// hundredth both are smaller than the digits that are shown.
constexpr float kNudge = 0.01f;
}  // namespace

Nudge nudge(Trainer& trainer, float* weight, std::span<float> scratch) {
  const float* first = trainer.model().slabs().values().data();
  Nudge result;
  trainer.probe().gradient(scratch);
  result.gradient = scratch[static_cast<size_t>(weight - first)];
  result.value = *weight;
  result.loss = trainer.probe().loss();
  *weight = result.value + kNudge;
  const float up = *weight;
  result.loss_up = trainer.probe().loss();
  *weight = result.value - kNudge;
  const float down = *weight;
  result.loss_down = trainer.probe().loss();
  *weight = result.value;
  result.h = kNudge;
  // Divided by the actual distance: w + h and w - h are rounded.
  result.slope = (result.loss_up - result.loss_down) / (up - down);
  return result;
}

}  // namespace downhill
