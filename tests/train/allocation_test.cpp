#include <doctest/doctest.h>

#include "support/alloc_guard.hpp"
#include "support/training.hpp"

using namespace downhill;

TEST_SUITE("allocation") {
  TEST_CASE(
      "after the second step training asks for no memory: no new, no arena growth, with tests, "
      "checkpoints and best weights included") {
    for (const char* edits : test::kKindsOfRuns) {
      CAPTURE(edits);
      test::Run run(std::string(edits) + "&epochs=12&stop=patience:12");
      const uint32_t epoch = run.trainer.batches_per_epoch();
      run.batches(2);
      const uint64_t arenas = run.trainer.tape_allocations();
      const AllocGuard guard;
      run.batches(3 * epoch);
      CHECK(guard.count() == 0);
      CHECK(run.trainer.tape_allocations() == arenas);
      CHECK(run.trainer.recorder().epochs().size() > 3);
    }
  }
}
