// How the learning rate and the momentum change over a run: pure functions of the step, the same
// bits everywhere. Knows no optimizer and no epochs.
#pragma once

#include <cstdint>

#include "nn/choices.hpp"

namespace downhill {

struct Rates {
  float lr = 0;
  float momentum = 0;
};

// The rates of step `step` (0 is the first) of `total` (> 0) for the chosen `lr` and `momentum`.
// Steps after the last keep the values of the end. The momentum changes only if the schedule
// `moves_momentum`.
Rates scheduled(ScheduleKind kind, float lr, float momentum, uint64_t step, uint64_t total);

}  // namespace downhill
