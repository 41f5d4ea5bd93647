#include "data/synthetic.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "base/hash.hpp"
#include "data/baseline.hpp"

namespace downhill {
namespace {

// Logistic regression by full-batch gradient descent in double, independent of our own code.
double linear_accuracy(const Dataset& train, const Dataset& valid) {
  std::vector<double> w(785);
  const auto output = [&](const Dataset& set, uint32_t i) {
    double z = w[784];
    for (uint32_t p = 0; p < 784; ++p) z += w[p] * set.image(i)[p] / 255.0;
    return z;
  };
  for (int step = 0; step < 60; ++step) {
    std::vector<double> gradient(785);
    for (uint32_t i = 0; i < train.size(); ++i) {
      const double p3 = 1 / (1 + std::exp(-output(train, i)));
      const double error = (p3 - (train.digit(i) == 3 ? 1 : 0)) / train.size();
      for (uint32_t p = 0; p < 784; ++p) gradient[p] += error * train.image(i)[p] / 255.0;
      gradient[784] += error;
    }
    for (uint32_t p = 0; p < 785; ++p) w[p] -= 0.1 * gradient[p];
  }
  uint32_t right = 0;
  for (uint32_t i = 0; i < valid.size(); ++i) {
    right += (output(valid, i) > 0) == (valid.digit(i) == 3) ? 1 : 0;
  }
  return static_cast<double>(right) / valid.size();
}

}  // namespace

TEST_CASE("synthetic digits are the same bytes for the same seed, and others for another") {
  const IdxFiles a = synthetic_digit_files(10, 1), b = synthetic_digit_files(10, 1),
                 c = synthetic_digit_files(10, 2);
  CHECK(a.images == b.images);
  CHECK(a.labels == b.labels);
  CHECK(a.images != c.images);
  CHECK(fnv1a(std::span<const uint8_t>(a.images)) == 0xe788c03e999deac2);
}

TEST_CASE("the first synthetic digits do not depend on how many follow") {
  const IdxFiles few = synthetic_digit_files(3, 1), many = synthetic_digit_files(9, 1);
  CHECK(std::equal(few.images.begin() + kIdxImagesHeader, few.images.end(),
                   many.images.begin() + kIdxImagesHeader));
}

TEST_CASE("no two synthetic digits are alike, and each has ink") {
  const Dataset data = synthetic_digits(30, 4);
  CHECK(data.size() == 60);
  CHECK(data.class_size(0) == 30);
  for (uint32_t i = 0; i < data.size(); ++i) {
    uint32_t ink = 0;
    for (const uint8_t pixel : data.image(i)) ink += pixel > 127 ? 1 : 0;
    CHECK(ink > 25);
    CHECK(ink < 300);
    for (uint32_t j = 0; j < i; ++j) {
      CHECK(!std::equal(data.image(i).begin(), data.image(i).end(), data.image(j).begin()));
    }
  }
}

TEST_CASE("a linear model learns synthetic digits to more than 90 %") {
  const DigitData data = synthetic_digit_data(100, 100, 7);
  const double accuracy = linear_accuracy(data.train, data.valid);
  INFO("linear ", accuracy, ", pixel similarity ",
       PixelBaseline(data.train).score(data.valid, Distance::l1).accuracy);
  CHECK(accuracy > 0.9);
}

}  // namespace downhill
