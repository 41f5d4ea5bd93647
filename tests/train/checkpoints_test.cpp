#include "train/checkpoints.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "support/alloc_guard.hpp"

using namespace downhill;

namespace {

std::vector<float> numbers(uint32_t epoch) {
  return std::vector<float>(16, static_cast<float>(epoch));
}

void save(Checkpoints& checkpoints, uint32_t epoch, const std::vector<float>& values) {
  if (TrainState* place = checkpoints.place_for(epoch)) place->save(epoch * 10, {values});
}

}  // namespace

TEST_SUITE("checkpoints") {
  TEST_CASE("a state is its parts, in order, and the steps of the optimizer") {
    TrainState state;
    const std::vector<float> a = {1, 2}, none, c = {3};
    state.save(7, {a, none, c});
    CHECK(state.steps == 7);
    CHECK(state.numbers == std::vector<float>{1, 2, 3});
    std::vector<float> x(2), y, z(1);
    state.load({x, y, z});
    CHECK(x == a);
    CHECK(z == c);
    state.save(8, {c});
    CHECK(state.numbers == c);
  }

  TEST_CASE("the latest state not after an epoch is found") {
    Checkpoints checkpoints;
    checkpoints.begin(16, 10);
    for (uint32_t e = 0; e <= 10; ++e) save(checkpoints, e, numbers(e));
    for (uint32_t e = 0; e <= 10; ++e) {
      CHECK(checkpoints.at_or_before(e).epoch == e);
      CHECK(checkpoints.at_or_before(e).state.numbers == numbers(e));
      CHECK(checkpoints.at_or_before(e).state.steps == e * 10);
    }
    CHECK(checkpoints.at_or_before(99).epoch == 10);
  }

  TEST_CASE("an epoch that is saved already is not saved again") {
    Checkpoints checkpoints;
    checkpoints.begin(16, 10);
    for (uint32_t e = 0; e <= 3; ++e) save(checkpoints, e, numbers(e));
    CHECK(checkpoints.place_for(3) == nullptr);
    CHECK(checkpoints.place_for(1) == nullptr);
    CHECK(checkpoints.size() == 4);
  }

  TEST_CASE("a bounded memory keeps states spread over the whole run, the first among them") {
    Checkpoints checkpoints(8 * 16 * sizeof(float));
    checkpoints.begin(16, 1000);
    for (uint32_t e = 0; e <= 1000; ++e) save(checkpoints, e, numbers(e));
    CHECK(checkpoints.size() <= 8);
    CHECK(checkpoints.size() >= 4);
    CHECK(checkpoints.at_or_before(0).epoch == 0);
    for (uint32_t e = 0; e <= 1000; e += 37) {
      const Checkpoint& found = checkpoints.at_or_before(e);
      CHECK(found.epoch <= e);
      CHECK(e - found.epoch < 256);
      CHECK(found.state.numbers == numbers(found.epoch));
    }
  }

  TEST_CASE("a state larger than the memory limit is saved all the same, with the first one") {
    Checkpoints checkpoints(8);
    checkpoints.begin(16, 5);
    for (uint32_t e = 0; e <= 5; ++e) save(checkpoints, e, numbers(e));
    CHECK(checkpoints.size() <= 2);
    CHECK(checkpoints.at_or_before(0).state.numbers == numbers(0));
    CHECK(checkpoints.at_or_before(5).state.numbers == numbers(checkpoints.at_or_before(5).epoch));
  }

  TEST_CASE("rewinding drops later states, and they can be saved again") {
    Checkpoints checkpoints;
    checkpoints.begin(16, 10);
    for (uint32_t e = 0; e <= 5; ++e) save(checkpoints, e, numbers(e));
    checkpoints.rewind(2);
    CHECK(checkpoints.at_or_before(5).epoch == 2);
    save(checkpoints, 3, numbers(33));
    CHECK(checkpoints.at_or_before(3).state.numbers == numbers(33));
    checkpoints.rewind(0);
    CHECK(checkpoints.at_or_before(5).epoch == 0);
  }

  TEST_CASE("saving allocates nothing, thinned or not") {
    Checkpoints checkpoints(4 * 16 * sizeof(float));
    checkpoints.begin(16, 100);
    const std::vector<float> values = numbers(1);
    const AllocGuard guard;
    for (uint32_t e = 0; e <= 100; ++e) save(checkpoints, e, values);
    CHECK(guard.count() == 0);
  }

  TEST_CASE("beginning again drops all states") {
    Checkpoints checkpoints(8 * 16 * sizeof(float));
    checkpoints.begin(16, 100);
    for (uint32_t e = 0; e <= 100; ++e) save(checkpoints, e, numbers(e));
    checkpoints.begin(3, 5);
    for (uint32_t e = 0; e <= 5; ++e) save(checkpoints, e, {1, 2, static_cast<float>(e)});
    CHECK(checkpoints.at_or_before(3).state.numbers == std::vector<float>{1, 2, 3});
  }
}
