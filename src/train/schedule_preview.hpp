// What a schedule will do with the rates of a run, for drawing before it happens. Knows no page.
#pragma once

#include <cstdint>
#include <span>

#include "train/experiment_spec.hpp"

namespace downhill {

// The learning rate and the momentum of steps spread evenly over a run of `steps` (> 0): entry i of
// n is step i · (steps - 1) / (n - 1), rounded down; the first and the last step are among them.
// Both spans are of the same size, at least 2.
void preview_schedule(const ExperimentSpec& spec, uint64_t steps, std::span<float> lrs,
                      std::span<float> momenta);

}  // namespace downhill
