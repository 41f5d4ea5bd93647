// What one sees of a fault that was switched on (nn/choices/faults.hpp), in the words of the field:
// "The gradient was not zeroed, so it grows". Says nothing until it is true of this run. Reads the
// experiment and the recorded steps, and changes nothing.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "train/experiment_spec.hpp"
#include "train/recorder.hpp"

namespace downhill {

// A sentence or two; empty while the fault does not show. `window`: as in HealthWatch.
std::string sign_of_fault(const ExperimentSpec& spec, std::span<const CurvePoint> steps,
                          uint32_t window);

}  // namespace downhill
