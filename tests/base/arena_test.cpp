#include "base/arena.hpp"

#include <doctest/doctest.h>

#include <cstdint>

#include "support/alloc_guard.hpp"

using downhill::Arena;
using downhill::ArenaScope;

TEST_CASE("blocks of floats are aligned to 64 bytes and their pad is zero") {
  Arena arena;
  for (size_t count : {1u, 3u, 15u, 16u, 17u, 1000u}) {
    // Leaves garbage where the block will be, so that its pad is not zero by chance.
    {
      ArenaScope scope(arena);
      for (float& value : arena.floats(2000)) value = 7.0f;
    }
    const auto block = arena.floats(count);
    CHECK(block.size() == count);
    CHECK(reinterpret_cast<uintptr_t>(block.data()) % Arena::kAlignment == 0);
    for (size_t i = count; i % Arena::kPad != 0; ++i) CHECK(block.data()[i] == 0.0f);
    arena.reset();
  }
}

TEST_CASE("rewinding to a mark frees what came after it and nothing before") {
  Arena arena;
  const auto kept = arena.floats(100);
  kept[0] = 5.0f;
  const auto mark = arena.mark();
  const size_t used = arena.used();
  float* first = arena.floats(50).data();
  arena.floats(3'000'000);
  arena.rewind(mark);
  CHECK(arena.used() == used);
  CHECK(arena.floats(50).data() == first);
  CHECK(kept[0] == 5.0f);
}

TEST_CASE("an arena converges: from the third round on it asks the system for nothing") {
  Arena arena;
  const auto round = [&arena] {
    for (size_t i = 1; i <= 40; ++i) arena.floats(i * 977);
    arena.make<uint64_t>(12345);
    arena.reset();
  };
  round();
  CHECK(arena.block_count() == 1);  // the overflow blocks of the first round were merged
  round();
  const uint64_t before = arena.system_allocations();
  CHECK(downhill::test::allocations_of([&] {
          for (int i = 0; i < 10; ++i) round();
        }) == 0);
  CHECK(arena.system_allocations() == before);
  CHECK(arena.used() == 0);
  CHECK(arena.capacity() >= arena.high_water());
}

TEST_CASE("an arena that is never empty converges too") {
  Arena arena;
  arena.floats(10);
  const auto mark = arena.mark();
  const auto round = [&] {
    for (size_t i = 1; i <= 40; ++i) arena.floats(i * 977);
    arena.rewind(mark);
  };
  round();
  round();
  CHECK(downhill::test::allocations_of(round) == 0);
}

TEST_CASE("blocks do not overlap, whatever their sizes") {
  Arena arena(100);
  std::vector<std::span<float>> blocks;
  for (size_t i = 0; i < 200; ++i) {
    blocks.push_back(arena.floats(1 + (i * 7919) % 5000));
    for (float& value : blocks.back()) value = static_cast<float>(i);
  }
  size_t wrong = 0;
  for (size_t i = 0; i < blocks.size(); ++i) {
    for (float value : blocks[i]) wrong += value != static_cast<float>(i);
  }
  CHECK(wrong == 0);
}

TEST_CASE("objects are value-initialized, over garbage too") {
  struct Pair {
    int a;
    float* b;
  };
  Arena arena;
  for (float& value : arena.floats(100)) value = 3.0f;
  arena.reset();
  const Pair* pairs = arena.make<Pair>(10);
  for (int i = 0; i < 10; ++i) {
    CHECK(pairs[i].a == 0);
    CHECK(pairs[i].b == nullptr);
  }
}

TEST_CASE("a moved arena keeps its memory") {
  Arena first;
  const auto block = first.floats(20);
  block[3] = 4.0f;
  Arena second = std::move(first);
  CHECK(block[3] == 4.0f);
  CHECK(second.used() > 0);
  CHECK(first.used() == 0);  // NOLINT: a moved-from arena is empty and usable
  first.floats(5)[0] = 1.0f;
  first = std::move(second);
  CHECK(block[3] == 4.0f);
}
