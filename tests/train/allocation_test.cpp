#include <doctest/doctest.h>

#include "support/alloc_guard.hpp"
#include "support/training.hpp"

using namespace downhill;

TEST_SUITE("allocation") {
  TEST_CASE(
      "after its first epoch training asks for no memory: no new, no arena growth, with tests, "
      "checkpoints and best weights included") {
    for (const std::string edits : test::kKindsOfRuns) {
      CAPTURE(edits);
      test::Run run(edits + "&epochs=12&stop=patience:12");
      const uint32_t epoch = run.trainer.batches_per_epoch();
      run.batches(epoch + 1);
      const uint64_t arenas = run.trainer.tape_allocations();
      const AllocGuard guard;
      run.batches(3 * epoch);
      CHECK(guard.count() == 0);
      CHECK(run.trainer.tape_allocations() == arenas);
      CHECK(run.trainer.recorder().epochs().size() > 3);
    }
  }
}
