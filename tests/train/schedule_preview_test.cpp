// The preview of a schedule has the rates that training uses.
#include "train/schedule_preview.hpp"

#include <doctest/doctest.h>

#include <array>

#include "nn/schedules.hpp"

namespace downhill::test {

TEST_CASE("A preview has the rates of its steps, the first and the last among them") {
  ExperimentSpec spec;
  spec.lr = 0.5f;
  spec.momentum = 0.8f;
  for (const ScheduleRow& row : kSchedules) {
    spec.schedule = row.kind;
    for (const uint64_t steps : {1u, 2u, 7u, 1407u}) {
      std::array<float, 9> lrs{}, momenta{};
      preview_schedule(spec, steps, lrs, momenta);
      for (size_t i = 0; i < lrs.size(); ++i) {
        const Rates rates = scheduled(spec.schedule, 0.5f, 0.8f, i * (steps - 1) / 8, steps);
        CHECK(lrs[i] == rates.lr);
        CHECK(momenta[i] == rates.momentum);
      }
      CHECK(lrs.back() == scheduled(spec.schedule, 0.5f, 0.8f, steps - 1, steps).lr);
    }
  }
}

}  // namespace downhill::test
