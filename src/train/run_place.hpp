// A place in a run, counted in phases since step 1 (initialize). A batch has five phases: predict,
// loss, gradient, step, repeat. Knows this arithmetic and nothing of the run.
#pragma once

#include <cstdint>

namespace downhill {

struct RunPlace {
  static constexpr uint64_t kPhasesPerBatch = 5;

  uint64_t phases = 0;

  static constexpr RunPlace after_batches(uint64_t count) { return {count * kPhasesPerBatch}; }
  constexpr uint64_t batches() const { return phases / kPhasesPerBatch; }  // complete ones
  constexpr bool between_batches() const { return phases % kPhasesPerBatch == 0; }
  // Batches of which the first phase is done, and the fourth.
  constexpr uint64_t predictions() const {
    return (phases + kPhasesPerBatch - 1) / kPhasesPerBatch;
  }
  constexpr uint64_t steps() const { return (phases + 1) / kPhasesPerBatch; }
};

}  // namespace downhill
