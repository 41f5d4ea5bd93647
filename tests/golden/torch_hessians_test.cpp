// Compares products of the Hessian and its largest eigenvalue with PyTorch's double backward, in
// golden/torch/hessians.txt.
#include <doctest/doctest.h>

#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include "support/advice.hpp"
#include "support/mnist37.hpp"
#include "support/torch_golden.hpp"
#include "support/torch_weights.hpp"
#include "train/curvature.hpp"
#include "train/trainer.hpp"

using namespace downhill;

namespace {

struct Hessian {
  std::string spec;
  std::vector<float> products;  // |Hv|, v·Hv, u·Hv
  float largest = 0;            // eigenvalue
};

std::vector<Hessian> read_hessians() {
  std::vector<Hessian> hessians;
  test::read_torch_golden("hessians.txt", [&](const std::string& word, auto& words) {
    if (word == "hessian") words >> hessians.emplace_back().spec;
    if (word == "products") hessians.back().products = test::numbers_of(words);
    if (word == "largest") words >> hessians.back().largest;
  });
  return hessians;
}

float dot(const std::vector<float>& a, const std::vector<float>& b) {
  double total = 0;
  for (size_t i = 0; i < a.size(); ++i) {
    total += static_cast<double>(a[i]) * static_cast<double>(b[i]);
  }
  return static_cast<float>(total);
}

}  // namespace

TEST_CASE("the Hessian is PyTorch's, for every kind of layer and loss") {
  INFO(test::torch_advice("hessians"));
  const DigitData data = test::load_mnist37();
  const std::vector<Hessian> hessians = read_hessians();
  REQUIRE(hessians.size() == 14);
  for (const Hessian& hessian : hessians) {
    CAPTURE(hessian.spec);
    const Result<ExperimentSpec> spec = edit_spec({}, hessian.spec + "&batch=48&seed=1");
    REQUIRE(spec.ok());
    Trainer trainer;
    REQUIRE(trainer.rebuild(*spec, data.train, data.valid).ok());
    test::set_first_weights(trainer.model());

    const std::vector<float> u = test::numbers_like(trainer.model(), 2);
    const std::vector<float> v = test::numbers_like(trainer.model(), 3);
    std::vector<float> product(v.size());
    HessianProduct(trainer).apply(v, product);
    REQUIRE(hessian.products.size() == 3);
    const float length = hessian.products[0];
    CHECK(std::abs(std::sqrt(dot(product, product)) - length) <= 2e-5f * length);
    CHECK(std::abs(dot(v, product) - hessian.products[1]) <= 2e-5f * length * std::sqrt(dot(v, v)));
    CHECK(std::abs(dot(u, product) - hessian.products[2]) <= 2e-5f * length * std::sqrt(dot(u, u)));

    PowerIteration iteration(trainer);
    while (iteration.advance()) {
    }
    if (iteration.result().converged) {
      CHECK(std::abs(iteration.result().eigenvalue - hessian.largest) <=
            1e-3f * std::abs(hessian.largest));
    }
  }
}
