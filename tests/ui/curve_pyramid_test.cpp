#include "ui/curve_pyramid.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "ui/curve_store.hpp"

namespace downhill::ui {
namespace {

// A noisy descent with a spike up and a spike down away from block boundaries.
float sample(size_t i) {
  if (i == 7777) return 100;
  if (i == 3331) return -100;
  return 1.0f / (1 + static_cast<float>(i) / 100) + 0.01f * static_cast<float>((i * 7919) % 13);
}

}  // namespace

TEST_CASE(
    "Decimation keeps the least and the greatest value of every stretch, and the order in time") {
  CurvePyramid pyramid;
  std::vector<float> all;
  for (size_t n : {1u, 2u, 3u, 5u, 64u, 65u, 1000u, 12345u}) {
    while (all.size() < n) {
      all.push_back(sample(all.size()));
      pyramid.append(all.back());
    }
    for (const size_t columns : {2u, 10u, 300u, 5000u}) {
      std::vector<float> xs, ys;
      pyramid.points(columns, 0, xs, ys);
      REQUIRE(xs.size() == ys.size());
      CHECK(xs.size() <= 2 * columns + 2 * 20);
      CHECK(std::is_sorted(xs.begin(), xs.end()));
      for (size_t i = 0; i < xs.size(); ++i) REQUIRE(ys[i] == all[static_cast<size_t>(xs[i])]);
      CHECK(*std::min_element(ys.begin(), ys.end()) == *std::min_element(all.begin(), all.end()));
      CHECK(*std::max_element(ys.begin(), ys.end()) == *std::max_element(all.begin(), all.end()));
    }
  }
  CHECK(pyramid.greatest() == 100);
  CHECK(pyramid.least() == -100);
}

TEST_CASE("Each stretch of the picture keeps its own extremes") {
  CurvePyramid pyramid;
  std::vector<float> all;
  for (size_t i = 0; i < 4096; ++i) {
    all.push_back(std::sin(static_cast<float>(i) * 0.7f) * static_cast<float>(i % 97));
    pyramid.append(all.back());
  }
  std::vector<float> xs, ys;
  pyramid.points(64, 0, xs, ys);  // blocks of 64
  for (size_t block = 0; block < 64; ++block) {
    const auto first = all.begin() + static_cast<std::ptrdiff_t>(block * 64);
    const auto [low, high] = std::minmax_element(first, first + 64);
    bool has_low = false, has_high = false;
    for (size_t i = 0; i < xs.size(); ++i) {
      if (static_cast<size_t>(xs[i]) / 64 != block) continue;
      has_low = has_low || ys[i] == *low;
      has_high = has_high || ys[i] == *high;
    }
    CHECK(has_low);
    CHECK(has_high);
  }
}

TEST_CASE("Values that are not finite leave a gap and do not spoil the range") {
  CurvePyramid pyramid;
  for (const float v : {1.0f, 2.0f, std::numeric_limits<float>::infinity(), std::nanf("")})
    pyramid.append(v);
  CHECK(pyramid.greatest() == 2);
  std::vector<float> xs, ys;
  pyramid.points(100, 1, xs, ys);
  REQUIRE(xs.size() == 4);
  CHECK(xs[0] == 1);
  CHECK(ys[1] == 2);
  CHECK(std::isnan(ys[2]));
  CHECK(std::isnan(ys[3]));
}

TEST_CASE("The store appends new points only, and starts over with a new generation") {
  CurveStore store;
  Curves curves;
  curves.generation = 1;
  for (uint32_t i = 1; i <= 100; ++i)
    curves.steps.push_back({i, 1.0f / static_cast<float>(i), 0.5f, 0.1f, 0.9f});
  curves.epochs.push_back({0, 0, std::nanf(""), 0.7f, 0.4f});
  curves.marks = {{5, 0.1f, 0.2f}, {5, 0.2f, 0.5f}, {9, 0.5f, 1.0f}};
  store.update(curves);
  CHECK(store.loss.pyramid.size() == 100);
  CHECK(store.least_accuracy() == 0.4f);
  REQUIRE(store.marks().size() == 2);  // two marks at the same step are merged
  CHECK(store.marks()[0].from == 0.1f);
  CHECK(store.marks()[0].to == 0.5f);
  curves.steps.push_back({101, 3.0f, 0.5f, 0.1f, 0.9f});
  store.update(curves);
  CHECK(store.loss.pyramid.size() == 101);
  CHECK(store.momentum.pyramid.values().back() == 0.9f);
  CHECK(store.loss.pyramid.greatest() == 3.0f);
  curves.generation = 2;
  curves.steps.resize(2);
  curves.epochs.clear();
  curves.marks.clear();
  store.update(curves);
  CHECK(store.loss.pyramid.size() == 2);
  CHECK(store.marks().empty());
  REQUIRE(store.previous() != nullptr);
  CHECK(store.previous()->loss.pyramid.size() == 101);
  CHECK(store.previous()->previous() == nullptr);
}

TEST_CASE("The store keeps the run before this one, and a held one through later runs") {
  CurveStore store;
  Curves curves;
  const auto run = [&](uint32_t steps) {
    curves.generation += 1;
    curves.steps.clear();
    for (uint32_t i = 1; i <= steps; ++i) curves.steps.push_back({i, 1.0f, 0.5f, 0.1f, 0.9f});
    store.update(curves);
  };
  run(7);
  CHECK(store.previous() == nullptr);
  run(3);
  REQUIRE(store.previous() != nullptr);
  CHECK(store.previous()->loss.pyramid.size() == 7);
  run(0);
  CHECK(store.previous()->loss.pyramid.size() == 3);
  run(5);
  CHECK_MESSAGE(store.previous()->loss.pyramid.size() == 3, "a run without a step is none");
  store.hold_previous(true);
  run(9);
  CHECK(store.previous()->loss.pyramid.size() == 3);
  store.hold_previous(false);
  run(1);
  CHECK(store.previous()->loss.pyramid.size() == 9);
}

}  // namespace downhill::ui
