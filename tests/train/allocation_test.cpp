#include <doctest/doctest.h>

#include "data/synthetic.hpp"
#include "support/alloc_guard.hpp"
#include "train/trainer.hpp"

using namespace downhill;

TEST_SUITE("allocation") {
  TEST_CASE(
      "after the second step training asks for no memory: no new, no arena growth, tests "
      "included") {
    const DigitData data = synthetic_digit_data(120, 40, 1);
    for (const char* edits :
         {"model=linear&batch=32", "model=mlp:30&batch=64", "model=mlp:16,8&loss=bce&batch=50"}) {
      CAPTURE(edits);
      const Result<ExperimentSpec> spec = edit_spec({}, edits);
      REQUIRE(spec.ok());
      Trainer trainer;
      REQUIRE(trainer.rebuild(*spec, data.train, data.valid).ok());
      for (int i = 0; i < 10; ++i) trainer.advance();  // two steps
      const uint64_t arenas = trainer.tape_allocations();
      const AllocGuard guard;
      for (int i = 0; i < 200; ++i) trainer.advance();
      CHECK(guard.count() == 0);
      CHECK(trainer.tape_allocations() == arenas);
    }
  }
}
