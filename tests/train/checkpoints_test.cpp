#include "train/checkpoints.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace downhill;

namespace {
std::vector<float> state(uint32_t epoch) {
  return std::vector<float>(16, static_cast<float>(epoch));
}
}  // namespace

TEST_SUITE("checkpoints") {
  TEST_CASE("the latest state not after an epoch is found") {
    Checkpoints kept;
    kept.begin(16, 10);
    for (uint32_t e = 0; e <= 10; ++e) kept.save(e, state(e));
    for (uint32_t e = 0; e <= 10; ++e) {
      CHECK(kept.at_or_before(e).epoch == e);
      CHECK(kept.at_or_before(e).values == state(e));
    }
    CHECK(kept.at_or_before(99).epoch == 10);
  }

  TEST_CASE("a bounded memory keeps states spread over the whole run, the first among them") {
    Checkpoints kept(8 * 16 * sizeof(float));
    kept.begin(16, 1000);
    for (uint32_t e = 0; e <= 1000; ++e) kept.save(e, state(e));
    CHECK(kept.size() <= 8);
    CHECK(kept.size() >= 4);
    CHECK(kept.at_or_before(0).epoch == 0);
    for (uint32_t e = 0; e <= 1000; e += 37) {
      const Checkpoint& found = kept.at_or_before(e);
      CHECK(found.epoch <= e);
      CHECK(e - found.epoch < 256);
      CHECK(found.values == state(found.epoch));
    }
  }

  TEST_CASE("rewinding forgets later states, and they can be saved anew") {
    Checkpoints kept;
    kept.begin(16, 10);
    for (uint32_t e = 0; e <= 5; ++e) kept.save(e, state(e));
    kept.rewind(2);
    CHECK(kept.at_or_before(5).epoch == 2);
    kept.save(3, state(33));
    CHECK(kept.at_or_before(3).values == state(33));
  }
}
