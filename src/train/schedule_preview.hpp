// The rates that a schedule will give a run, so that they can be drawn in advance. Knows no page.
#pragma once

#include <cstdint>
#include <span>

#include "train/experiment_spec.hpp"

namespace downhill {

// The learning rate and the momentum of steps spread evenly over a run of `steps` (> 0): entry i of
// n is step i · (steps - 1) / (n - 1), rounded down; the first and the last step are among them.
// Both spans have the same size, at least 2.
void preview_schedule(const ExperimentSpec& spec, uint64_t steps, std::span<float> lrs,
                      std::span<float> momenta);

}  // namespace downhill
