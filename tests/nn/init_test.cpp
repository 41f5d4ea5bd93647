#include "nn/init.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace downhill;

namespace {

struct Moments {
  double mean = 0, deviation = 0;
  float low = 0, high = 0;
};

Moments moments(const std::vector<float>& values) {
  Moments m{0, 0, values[0], values[0]};
  for (float v : values) {
    m.mean += static_cast<double>(v);
    m.low = std::min(m.low, v);
    m.high = std::max(m.high, v);
  }
  m.mean /= static_cast<double>(values.size());
  for (float v : values) m.deviation += std::pow(static_cast<double>(v) - m.mean, 2);
  m.deviation = std::sqrt(m.deviation / static_cast<double>(values.size()));
  return m;
}

// The fan-out matters to glorot alone: fan_in / 2.
std::vector<float> filled(InitKind kind, uint32_t fan_in, bool bias, Rng rng = Rng(1)) {
  std::vector<float> values(20000);
  initialize(kind, values, fan_in, fan_in / 2, bias, rng);
  return values;
}

}  // namespace

TEST_SUITE("init") {
  TEST_CASE("pytorch: uniform within 1/sqrt(fan_in), weights and biases alike") {
    for (bool bias : {false, true}) {
      const Moments m = moments(filled(InitKind::pytorch, 784, bias));
      CHECK(m.low >= -1.0f / 28.0f);
      CHECK(m.high <= 1.0f / 28.0f);
      CHECK(m.mean == doctest::Approx(0).epsilon(1e-3).scale(1));
      // The deviation of a uniform variable on ±a is a / sqrt(3).
      CHECK(m.deviation == doctest::Approx(1.0 / 28.0 / std::sqrt(3.0)).epsilon(0.02));
    }
  }

  TEST_CASE("normal: mean 0, deviation 1, whatever the fan-in") {
    const Moments m = moments(filled(InitKind::normal, 784, false));
    CHECK(std::abs(m.mean) < 0.03);
    CHECK(m.deviation == doctest::Approx(1).epsilon(0.02));
    CHECK(filled(InitKind::normal, 784, false) == filled(InitKind::normal, 3, true));
  }

  TEST_CASE("he: deviation sqrt(2/fan_in), biases 0") {
    CHECK(moments(filled(InitKind::he, 50, false)).deviation == doctest::Approx(0.2).epsilon(0.02));
    const Moments bias = moments(filled(InitKind::he, 50, true));
    CHECK(bias.low == 0.0f);
    CHECK(bias.high == 0.0f);
  }

  TEST_CASE("zero: every value is 0") {
    const Moments m = moments(filled(InitKind::zero, 784, false));
    CHECK(m.low == 0.0f);
    CHECK(m.high == 0.0f);
  }

  TEST_CASE("large: deviation 3 whatever the fan-in, biases 0") {
    const Moments m = moments(filled(InitKind::large, 784, false));
    CHECK(std::abs(m.mean) < 0.1);
    CHECK(m.deviation == doctest::Approx(3).epsilon(0.02));
    CHECK(moments(filled(InitKind::large, 784, true)).high == 0.0f);
    CHECK(moments(filled(InitKind::large, 784, true)).low == 0.0f);
  }

  TEST_CASE("glorot: uniform within sqrt(6/(fan_in + fan_out)), biases 0") {
    const Moments m = moments(filled(InitKind::glorot, 100, false));  // sqrt(6/150) = 0.2
    CHECK(m.low >= -0.2f);
    CHECK(m.high <= 0.2f);
    CHECK(m.high > 0.199f);
    CHECK(m.deviation == doctest::Approx(0.2 / std::sqrt(3.0)).epsilon(0.02));
    CHECK(moments(filled(InitKind::glorot, 100, true)).high == 0.0f);
    CHECK(moments(filled(InitKind::glorot, 100, true)).low == 0.0f);
  }

  TEST_CASE("values depend on the stream, and on nothing else") {
    CHECK(filled(InitKind::normal, 9, false, Rng(1)) == filled(InitKind::normal, 9, false, Rng(1)));
    CHECK(filled(InitKind::normal, 9, false, Rng(1)) != filled(InitKind::normal, 9, false, Rng(2)));
  }
}
