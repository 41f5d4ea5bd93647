#include "base/rng.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>
#include <vector>

#include "support/random.hpp"

using downhill::philox4x32;
using downhill::Rng;
using Words = std::array<uint32_t, 4>;

TEST_CASE("philox4x32-10 gives the published test vectors") {
  // kat_vectors of Random123, by the authors of the paper.
  CHECK(philox4x32({0, 0, 0, 0}, {0, 0}) == Words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
  CHECK(philox4x32({~0u, ~0u, ~0u, ~0u}, {~0u, ~0u}) ==
        Words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
  CHECK(philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}) ==
        Words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});
}

TEST_CASE("a stream is its key and a counter: the words of block after block") {
  Rng rng(42);
  const std::array<uint32_t, 2> key{static_cast<uint32_t>(rng.key()),
                                    static_cast<uint32_t>(rng.key() >> 32)};
  for (uint32_t block = 0; block < 5; ++block) {
    for (uint32_t word : philox4x32({block, 0, 0, 0}, key)) CHECK(rng.bits() == word);
  }
}

TEST_CASE("named streams do not depend on what their parent or their siblings drew") {
  Rng a(7), b(7);
  for (int i = 0; i < 13; ++i) b.bits();
  Rng weights_a = a.split("init").split("layer0.weight").split(3);
  b.split("probe").bits();
  Rng weights_b = b.split("init").split("layer0.weight").split(3);
  for (int i = 0; i < 20; ++i) CHECK(weights_a.bits() == weights_b.bits());
}

TEST_CASE("different seeds, names and indices give different streams") {
  std::vector<uint64_t> keys;
  for (uint64_t seed = 0; seed < 50; ++seed) {
    const Rng rng(seed);
    keys.push_back(rng.key());
    for (const char* name : {"init", "shuffle", "augment"}) keys.push_back(rng.split(name).key());
    for (uint64_t index = 0; index < 20; ++index) keys.push_back(rng.split(index).key());
    keys.push_back(rng.split("a").split("b").key());
    keys.push_back(rng.split("ab").key());
  }
  std::ranges::sort(keys);
  CHECK(std::ranges::adjacent_find(keys) == keys.end());
}

TEST_CASE("uniform numbers lie in [0, 1) and have the mean and variance of their distribution") {
  Rng rng(1);
  double sum = 0, squares = 0;
  constexpr int kCount = 100'000;
  bool inside = true;
  for (int i = 0; i < kCount; ++i) {
    const double u = static_cast<double>(rng.uniform());
    inside = inside && u >= 0 && u < 1;
    sum += u;
    squares += u * u;
  }
  CHECK(inside);
  const double mean = sum / kCount;
  CHECK(mean == doctest::Approx(0.5).epsilon(0.01));
  CHECK(squares / kCount - mean * mean == doctest::Approx(1.0 / 12).epsilon(0.01));
}

TEST_CASE("uniform(a, b) stays within its bounds") {
  Rng rng(2);
  float low = 100, high = -100;
  for (int i = 0; i < 10'000; ++i) {
    const float u = rng.uniform(-3.0f, 5.0f);
    low = std::min(low, u);
    high = std::max(high, u);
  }
  CHECK(low >= -3.0f);
  CHECK(high <= 5.0f);
  CHECK(low < -2.9f);
  CHECK(high > 4.9f);
}

TEST_CASE("normal numbers have the four moments and the tails of the normal distribution") {
  Rng rng(3);
  constexpr int kCount = 200'000;
  double m1 = 0, m2 = 0, m3 = 0, m4 = 0;
  int within_one = 0, beyond_three = 0;
  for (int i = 0; i < kCount; ++i) {
    const double z = static_cast<double>(rng.normal());
    m1 += z;
    m2 += z * z;
    m3 += z * z * z;
    m4 += z * z * z * z;
    within_one += z > -1 && z < 1;
    beyond_three += z < -3 || z > 3;
  }
  CHECK(std::abs(m1 / kCount) < 0.01);
  CHECK(m2 / kCount == doctest::Approx(1).epsilon(0.02));
  CHECK(std::abs(m3 / kCount) < 0.05);
  CHECK(m4 / kCount == doctest::Approx(3).epsilon(0.05));
  CHECK(static_cast<double>(within_one) / kCount == doctest::Approx(0.6827).epsilon(0.01));
  CHECK(static_cast<double>(beyond_three) / kCount == doctest::Approx(0.0027).epsilon(0.15));
}

TEST_CASE("the first numbers of seed 1 are the same on every machine, forever") {
  // Links and golden runs depend on these bits: a change breaks them.
  Rng rng = Rng(1).split("golden");
  CHECK(rng.bits() == 0x7832c8ab);
  CHECK(downhill::test::bits(rng.uniform()) == 0x3eed035e);
  CHECK(downhill::test::bits(rng.normal()) == 0x3fba3182);
  CHECK(downhill::test::bits(rng.normal()) == 0x3cdac850);
  CHECK(rng.below(1000) == 584);
}

TEST_CASE("below(n) is fair, even if n does not divide the range") {
  Rng rng(4);
  std::vector<int> counts(7);
  for (int i = 0; i < 70'000; ++i) ++counts[rng.below(7)];
  for (int count : counts) CHECK(count == doctest::Approx(10'000).epsilon(0.05));
  // With n of three quarters of the range, multiplying without rejection would give the first third
  // twice as often.
  const uint32_t n = 3u << 30;
  int low = 0;
  for (int i = 0; i < 30'000; ++i) low += rng.below(n) < n / 3;
  CHECK(low == doctest::Approx(10'000).epsilon(0.05));
  CHECK(rng.below(1) == 0);
}

TEST_CASE("shuffling keeps every item, and every item takes every place equally often") {
  Rng rng(5);
  std::vector<std::vector<int>> visits(5, std::vector<int>(5));
  for (int round = 0; round < 20'000; ++round) {
    std::vector<uint32_t> items(5);
    std::iota(items.begin(), items.end(), 0u);
    rng.shuffle(items);
    for (size_t place = 0; place < 5; ++place) ++visits[items[place]][place];
    std::ranges::sort(items);
    for (uint32_t i = 0; i < 5; ++i) REQUIRE(items[i] == i);
  }
  for (const auto& places : visits) {
    for (int count : places) CHECK(count == doctest::Approx(4000).epsilon(0.06));
  }
  std::vector<uint32_t> none;
  rng.shuffle(none);
}
