#include "train/schedule_preview.hpp"

#include <cassert>

#include "nn/schedules.hpp"

namespace downhill {

void preview_schedule(const ExperimentSpec& spec, uint64_t steps, std::span<float> lrs,
                      std::span<float> momenta) {
  assert(steps > 0 && lrs.size() == momenta.size() && lrs.size() >= 2);
  const size_t last = lrs.size() - 1;
  for (size_t i = 0; i <= last; ++i) {
    const Rates rates =
        scheduled(spec.schedule, spec.lr, spec.momentum, uint64_t{i} * (steps - 1) / last, steps);
    lrs[i] = rates.lr;
    momenta[i] = rates.momentum;
  }
}

}  // namespace downhill
