#include "train/probe.hpp"

#include <algorithm>
#include <utility>

#include "train/trainer.hpp"

namespace downhill {

namespace {
// The loss has 24 bits, so a difference of two losses near 0.5 is uncertain by about 6e-8, and the
// slope by that over 2h. The truncation error of a central difference grows with h². With a
// hundredth both are smaller than the digits that are shown.
constexpr float kNudge = 0.01f;
// The derivative with respect to one weight. Backward leaves out frozen parameters, so one that is
// frozen learns here for a moment.
float gradient_of(Trainer& trainer, size_t index, std::span<float> scratch) {
  ParameterSlabs& slabs = trainer.model().slabs();
  const float* const weight = slabs.values().data() + index;
  const auto holds = [=](const Parameter& parameter) {
    const std::span<float> values = parameter.value.span();
    return weight >= values.data() && weight < values.data() + values.size();
  };
  Parameter& parameter = *std::ranges::find_if(slabs.all(), holds);
  const bool learns = std::exchange(parameter.requires_grad, true);
  trainer.probe().gradient(scratch);
  parameter.requires_grad = learns;
  return scratch[index];
}

}  // namespace

Nudge nudge(Trainer& trainer, float* weight, std::span<float> scratch) {
  const float* first = trainer.model().slabs().values().data();
  Nudge result;
  result.gradient = gradient_of(trainer, static_cast<size_t>(weight - first), scratch);
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
