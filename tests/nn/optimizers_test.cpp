#include "nn/optimizers.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace downhill;

TEST_SUITE("optimizers") {
  TEST_CASE(
      "SGD moves each weight by minus the learning rate times its gradient, and keeps the "
      "gradient") {
    std::vector<float> w, dw;
    for (int i = 0; i < 37; ++i) {
      w.push_back(0.25f * static_cast<float>(i));
      dw.push_back(static_cast<float>(i - 18));
    }
    const std::vector<float> before = w, gradient = dw;
    sgd_step(w, dw, 0.1f);
    for (size_t i = 0; i < w.size(); ++i) {
      const float change = 0.1f * dw[i];  // rounded before it is subtracted: no FMA
      CHECK(w[i] == before[i] - change);
    }
    CHECK(dw == gradient);
  }
}
