#include "train/checkpoints.hpp"

#include <doctest/doctest.h>

#include <vector>

#include "support/alloc_guard.hpp"

using namespace downhill;

namespace {

std::vector<float> numbers(uint32_t epoch) {
  return std::vector<float>(16, static_cast<float>(epoch));
}

void save(Checkpoints& kept, uint32_t epoch, const std::vector<float>& values) {
  if (TrainState* place = kept.place_for(epoch)) place->save(epoch * 10, {values});
}

}  // namespace

TEST_SUITE("checkpoints") {
  TEST_CASE("a state is its parts, one behind the other, and the steps of the optimizer") {
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
    Checkpoints kept;
    kept.begin(16, 10);
    for (uint32_t e = 0; e <= 10; ++e) save(kept, e, numbers(e));
    for (uint32_t e = 0; e <= 10; ++e) {
      CHECK(kept.at_or_before(e).epoch == e);
      CHECK(kept.at_or_before(e).state.numbers == numbers(e));
      CHECK(kept.at_or_before(e).state.steps == e * 10);
    }
    CHECK(kept.at_or_before(99).epoch == 10);
  }

  TEST_CASE("an epoch that is kept already is not due again") {
    Checkpoints kept;
    kept.begin(16, 10);
    for (uint32_t e = 0; e <= 3; ++e) save(kept, e, numbers(e));
    CHECK(kept.place_for(3) == nullptr);
    CHECK(kept.place_for(1) == nullptr);
    CHECK(kept.size() == 4);
  }

  TEST_CASE("a bounded memory keeps states spread over the whole run, the first among them") {
    Checkpoints kept(8 * 16 * sizeof(float));
    kept.begin(16, 1000);
    for (uint32_t e = 0; e <= 1000; ++e) save(kept, e, numbers(e));
    CHECK(kept.size() <= 8);
    CHECK(kept.size() >= 4);
    CHECK(kept.at_or_before(0).epoch == 0);
    for (uint32_t e = 0; e <= 1000; e += 37) {
      const Checkpoint& found = kept.at_or_before(e);
      CHECK(found.epoch <= e);
      CHECK(e - found.epoch < 256);
      CHECK(found.state.numbers == numbers(found.epoch));
    }
  }

  TEST_CASE("a state larger than the memory is kept all the same, with the first one") {
    Checkpoints kept(8);
    kept.begin(16, 5);
    for (uint32_t e = 0; e <= 5; ++e) save(kept, e, numbers(e));
    CHECK(kept.size() <= 2);
    CHECK(kept.at_or_before(0).state.numbers == numbers(0));
    CHECK(kept.at_or_before(5).state.numbers == numbers(kept.at_or_before(5).epoch));
  }

  TEST_CASE("rewinding forgets later states, and they can be saved anew") {
    Checkpoints kept;
    kept.begin(16, 10);
    for (uint32_t e = 0; e <= 5; ++e) save(kept, e, numbers(e));
    kept.rewind(2);
    CHECK(kept.at_or_before(5).epoch == 2);
    save(kept, 3, numbers(33));
    CHECK(kept.at_or_before(3).state.numbers == numbers(33));
    kept.rewind(0);
    CHECK(kept.at_or_before(5).epoch == 0);
  }

  TEST_CASE("saving takes no memory, thinned or not") {
    Checkpoints kept(4 * 16 * sizeof(float));
    kept.begin(16, 100);
    const std::vector<float> values = numbers(1);
    const AllocGuard guard;
    for (uint32_t e = 0; e <= 100; ++e) save(kept, e, values);
    CHECK(guard.count() == 0);
  }

  TEST_CASE("beginning again forgets all") {
    Checkpoints kept(8 * 16 * sizeof(float));
    kept.begin(16, 100);
    for (uint32_t e = 0; e <= 100; ++e) save(kept, e, numbers(e));
    kept.begin(3, 5);
    for (uint32_t e = 0; e <= 5; ++e) save(kept, e, {1, 2, static_cast<float>(e)});
    CHECK(kept.at_or_before(3).state.numbers == std::vector<float>{1, 2, 3});
  }
}
