#include "data/baseline.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "support/mnist.hpp"
#include "support/mnist37.hpp"

namespace downhill {
namespace {

// The same in double, by plain loops. `margin` is the least margin of an image: the difference of
// its two distances over their sum. `error` is the largest relative error of image_distance().
struct Oracle {
  uint32_t right[2] = {0, 0};
  double margin = 1;
  double error = 0;
};

Oracle oracle(const DigitData& data, const PixelBaseline& baseline, Distance kind) {
  const Dataset &train = data.train, &valid = data.valid;
  std::vector<double> mean[2] = {std::vector<double>(784), std::vector<double>(784)};
  for (uint32_t i = 0; i < train.size(); ++i) {
    for (uint32_t p = 0; p < 784; ++p) mean[train.class_of(i)][p] += train.image(i)[p] / 255.0;
  }
  for (uint32_t c = 0; c < 2; ++c) {
    for (double& value : mean[c]) value /= train.class_size(c);
  }
  Oracle result;
  for (uint32_t i = 0; i < valid.size(); ++i) {
    double distance[2] = {0, 0};
    for (uint32_t c = 0; c < 2; ++c) {
      for (uint32_t p = 0; p < 784; ++p) {
        const double d = valid.image(i)[p] / 255.0 - mean[c][p];
        distance[c] += kind == Distance::l2 ? d * d : std::fabs(d);
      }
      distance[c] /= 784;
      if (kind == Distance::l2) distance[c] = std::sqrt(distance[c]);
      const double ours =
          static_cast<double>(image_distance(valid.image(i), baseline.ideal(c), kind));
      result.error = std::max(result.error, std::fabs(ours - distance[c]) / distance[c]);
    }
    const uint32_t truth = valid.class_of(i);
    if ((distance[1] < distance[0] ? 1u : 0u) == truth) ++result.right[truth];
    result.margin =
        std::min(result.margin, std::fabs(distance[0] - distance[1]) / (distance[0] + distance[1]));
  }
  return result;
}

// The oracle has as many right answers, and no rounding decides an image, in any order of sums.
void check_oracle(const DigitData& data, const PixelBaseline& baseline, Distance distance,
                  uint32_t threes, uint32_t sevens) {
  const Oracle exact = oracle(data, baseline, distance);
  CHECK(exact.right[0] == threes);
  CHECK(exact.right[1] == sevens);
  INFO("relative error of a distance at most ", exact.error, ", least margin ", exact.margin);
  CHECK(exact.error < exact.margin);
}

}  // namespace

TEST_CASE("pixel similarity by L1 is right for 926 of 1010 threes and 1013 of 1028 sevens") {
  const DigitData data = test::load_mnist37();
  const PixelBaseline baseline(data.train);
  const BaselineScore score = baseline.score(data.valid, Distance::l1);
  CHECK(score.classes[0].right == 926);
  CHECK(score.classes[0].count == 1010);
  CHECK(score.classes[1].right == 1013);
  CHECK(score.classes[1].count == 1028);
  CHECK(score.right == 1939);
  CHECK(score.count == 2038);
  CHECK(score.accuracy == 1939.0f / 2038.0f);  // 0.9514

  check_oracle(data, baseline, Distance::l1, 926, 1013);
}

TEST_CASE("pixel similarity by RMSE is right for 968 of 1010 threes and 1001 of 1028 sevens") {
  const DigitData data = test::load_mnist37();
  const PixelBaseline baseline(data.train);
  const BaselineScore score = baseline.score(data.valid, Distance::l2);
  CHECK(score.classes[0].right == 968);
  CHECK(score.classes[1].right == 1001);

  check_oracle(data, baseline, Distance::l2, 968, 1001);
}

TEST_CASE("on the training set it reaches 0.9443 by L1 and 0.9686 by RMSE") {
  const DigitData data = test::load_mnist37();
  const PixelBaseline baseline(data.train);
  CHECK(std::abs(baseline.score(data.train, Distance::l1).accuracy - 0.9443f) < 5e-5f);
  CHECK(std::abs(baseline.score(data.train, Distance::l2).accuracy - 0.9686f) < 5e-5f);
}

TEST_CASE("the ideal digits are the means of their classes") {
  const DigitData data = test::load_mnist37();
  const PixelBaseline baseline(data.train);
  REQUIRE(baseline.class_count() == 2);
  for (uint32_t which = 0; which < 2; ++which) {
    REQUIRE(baseline.ideal(which).size() == 784);
    double worst = 0;
    for (uint32_t p = 0; p < 784; p += 9) {
      double sum = 0;
      for (uint32_t i = 0; i < data.train.size(); ++i) {
        if (data.train.class_of(i) == which) sum += data.train.image(i)[p] / 255.0;
      }
      const double mean = sum / data.train.class_size(which);
      worst = std::max(worst, std::fabs(mean - static_cast<double>(baseline.ideal(which)[p])));
    }
    CHECK(worst < 1e-7);
  }
}

TEST_CASE("distances are means over the pixels, on a scale of 0 to 1") {
  const std::vector<uint8_t> image = {0, 255, 0, 255, 51, 0};
  const std::vector<float> ideal = {0.0f, 0.5f, 0.25f, 1.0f, 0.2f, 0.25f};
  CHECK(image_distance(image, ideal, Distance::l1) == doctest::Approx(1.0 / 6));
  CHECK(image_distance(image, ideal, Distance::l2) == doctest::Approx(std::sqrt(0.375 / 6)));
}

TEST_CASE("with all ten digits, the nearest mean image is the right one for 8203 of 10000") {
  // This is the nearest-centroid classifier, with its well-known accuracy of 0.8203 on MNIST.
  const auto data = test::load_mnist10();
  if (!data) return;
  const PixelBaseline baseline(data->train);
  CHECK(baseline.class_count() == 10);
  const BaselineScore score = baseline.score(data->valid, Distance::l2);
  CHECK(score.right == 8203);
  CHECK(score.count == 10000);
  uint32_t right = 0, count = 0;
  for (const BaselineScore::Class& c : score.classes) {
    right += c.right;
    count += c.count;
  }
  CHECK(right == 8203);
  CHECK(count == 10000);
}

TEST_CASE("a class without an image in a small training set is never the nearest") {
  const std::vector<uint8_t> pixels = {200, 10, 30, 220, 120, 5}, labels = {0, 1, 2, 0, 1, 2};
  const auto all = Dataset::from_idx({6, 1, 1, pixels}, {6, labels}, "012");
  REQUIRE(all.ok());
  for (uint64_t seed = 0; seed < 20; ++seed) {
    const Dataset one = all->subset(1, seed);
    const PixelBaseline baseline(one);
    const BaselineScore score = baseline.score(*all, Distance::l1);
    CHECK(score.right == 2);  // the answer is always the class of that image
    CHECK(score.classes[one.class_of(0)].right == 2);
    for (uint32_t which = 0; which < 3; ++which) {
      if (which != one.class_of(0)) CHECK(baseline.ideal(which)[0] == 0.0f);
    }
  }
}

}  // namespace downhill
