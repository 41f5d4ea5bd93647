#include "data/statistics.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

#include "data/synthetic.hpp"
#include "support/mnist.hpp"
#include "support/mnist37.hpp"

namespace downhill {
namespace {

using Bytes = std::vector<uint8_t>;

Dataset two_images(const Bytes& pixels, const Bytes& labels) {
  auto data =
      Dataset::from_files(write_idx(IdxImages{2, 1, 2, pixels}), write_idx(IdxLabels{2, labels}));
  REQUIRE(data.ok());
  return std::move(*data);
}

// The oracle: two passes in long double.
void check_by_two_passes(const Dataset& data) {
  long double mean = 0, variance = 0;
  const long double n = static_cast<long double>(data.size()) * data.pixels_per_image();
  for (uint32_t i = 0; i < data.size(); ++i) {
    for (const uint8_t pixel : data.image(i)) mean += pixel / 255.0L;
  }
  mean /= n;
  for (uint32_t i = 0; i < data.size(); ++i) {
    for (const uint8_t pixel : data.image(i)) {
      variance += (pixel / 255.0L - mean) * (pixel / 255.0L - mean);
    }
  }
  const PixelStatistics pixels = pixel_statistics(data);
  CHECK(std::fabs(static_cast<double>(pixels.mean) - static_cast<double>(mean)) < 1e-8);
  CHECK(std::fabs(static_cast<double>(pixels.deviation) -
                  static_cast<double>(std::sqrt(variance / n))) < 2e-8);
}

}  // namespace

TEST_CASE("the training images of MNIST have mean 0.1307 and deviation 0.3081") {
  const auto data = test::load_mnist10();
  if (!data) return;
  const PixelStatistics pixels = pixel_statistics(data->train);
  CHECK(std::fabs(pixels.mean - 0.1307f) < 5e-5f);
  CHECK(std::fabs(pixels.deviation - 0.3081f) < 5e-5f);
}

TEST_CASE("mean and deviation are those of two slow passes") {
  check_by_two_passes(synthetic_digits(20, 3));
  check_by_two_passes(test::load_mnist37().valid);
}

TEST_CASE("mean and deviation of four pixels are those worked out by hand") {
  const PixelStatistics pixels = pixel_statistics(two_images({0, 255, 0, 255}, {3, 7}));
  CHECK(pixels.mean == 0.5f);
  CHECK(pixels.deviation == 0.5f);
}

TEST_CASE("pixels that are all equal leave the scale unchanged") {
  const PixelStatistics pixels = pixel_statistics(two_images({51, 51, 51, 51}, {3, 7}));
  CHECK(pixels.mean == 0.2f);
  CHECK(pixels.deviation == 1.0f);
  CHECK(PixelMap::normalize(pixels)[51] == 0.0f);
}

TEST_CASE("normalized by its own statistics a dataset has mean 0 and deviation 1") {
  const Dataset data = synthetic_digits(20, 3);
  const PixelMap map = PixelMap::normalize(pixel_statistics(data));
  double sum = 0, squares = 0;
  for (uint32_t i = 0; i < data.size(); ++i) {
    for (const uint8_t pixel : data.image(i)) {
      const double value = static_cast<double>(map[pixel]);
      sum += value;
      squares += value * value;
    }
  }
  const double n = 40.0 * 784.0;
  CHECK(std::fabs(sum / n) < 1e-6);
  CHECK(std::fabs(squares / n - 1) < 1e-6);
}

}  // namespace downhill
