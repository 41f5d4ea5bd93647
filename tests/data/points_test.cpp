#include "data/points.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <vector>

#include "data/loader.hpp"
#include "data/statistics.hpp"

using namespace downhill;

TEST_SUITE("points") {
  TEST_CASE("twenty points at whole times, with the powers of the time that the model weighs") {
    const DigitData curve = point_data(DataKind::curve, 1), line = point_data(DataKind::line, 1);
    for (const Dataset* set : {&curve.train, &curve.valid, &line.train, &line.valid}) {
      REQUIRE(set->size() == 20);
      CHECK(set->class_count() == 0);
      CHECK(set->pixels_per_image() == 0);
    }
    for (uint32_t i = 0; i < 20; ++i) {
      const float t = static_cast<float>(i);
      CHECK(std::ranges::equal(curve.train.row(i), std::array{t * t, t}));
      CHECK(std::ranges::equal(line.valid.row(i), std::array{t}));
      CHECK(time_of(curve.train.row(i)) == t);
    }
  }

  TEST_CASE("the speeds lie around a parabola or a line; sets and seeds have their own noise") {
    double sum = 0, squares = 0;
    constexpr int kSeeds = 200;
    for (uint64_t seed = 0; seed < kSeeds; ++seed) {
      const DigitData curve = point_data(DataKind::curve, seed);
      for (uint32_t i = 0; i < 20; ++i) {
        const double away = static_cast<double>(i) - 9.5;
        const double noise = static_cast<double>(curve.train.target(i)) - (0.75 * away * away + 1);
        sum += noise;
        squares += noise * noise;
      }
    }
    CHECK(std::abs(sum / (20 * kSeeds)) < 0.2);
    CHECK(std::sqrt(squares / (20 * kSeeds)) == doctest::Approx(3).epsilon(0.05));
    const DigitData a = point_data(DataKind::curve, 1), again = point_data(DataKind::curve, 1),
                    b = point_data(DataKind::curve, 2);
    CHECK(a.train.target(7) == again.train.target(7));
    CHECK(a.train.target(7) != a.valid.target(7));
    CHECK(a.train.target(7) != b.train.target(7));
  }

  TEST_CASE("a loader scales each column and brings the targets in the order of the batch") {
    const DigitData data = point_data(DataKind::curve, 3);
    const RowMap map = row_statistics(data.train);
    CHECK(map.mean[1] == 9.5f);
    CHECK(map.mean[0] == 123.5f);
    CHECK(static_cast<double>(map.deviation[1]) == doctest::Approx(std::sqrt(33.25)));
    Loader loader(data.train, {.batch_size = 8, .shuffle = true, .seed = 4, .row_map = map});
    CHECK(loader.batch_count() == 3);
    const Batch batch = loader.load(1);
    REQUIRE(batch.rows.size() == 16);
    REQUIRE(batch.targets.size() == 8);
    for (uint32_t i = 0; i < 8; ++i) {
      const uint32_t index = batch.indices[i];
      CHECK(batch.targets[i] == data.train.target(index));
      const float t = static_cast<float>(index);
      CHECK(batch.rows[2 * i] == (t * t - map.mean[0]) / map.deviation[0]);
      CHECK(batch.rows[2 * i + 1] == (t - map.mean[1]) / map.deviation[1]);
    }
    CHECK(loader.load(2).targets.size() == 4);
    Loader plain(data.train, {.batch_size = 20});
    CHECK(std::ranges::equal(plain.load(0).rows.first(2), data.train.row(0)));
  }

  TEST_CASE("a subset keeps rows and targets together, and there are no labels to make wrong") {
    const DigitData data = point_data(DataKind::line, 5);
    const Dataset few = data.train.subset(6, 9);
    REQUIRE(few.size() == 6);
    for (uint32_t i = 0; i < few.size(); ++i) {
      CHECK(few.target(i) == data.train.target(static_cast<uint32_t>(time_of(few.row(i)))));
    }
    const Dataset same = data.train.with_label_noise(0.5f, 9);
    for (uint32_t i = 0; i < 20; ++i) CHECK(same.target(i) == data.train.target(i));
  }
}
