#include "train/sample_gradients.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "kernels/reductions/reduce.hpp"
#include "support/small_run.hpp"
#include "support/trainer_digest.hpp"

using namespace downhill;

namespace {

float norm(std::span<const float> v) { return kernels::norm(v.data(), v.size()); }

}  // namespace

TEST_SUITE("sample gradients") {
  TEST_CASE("their mean is the gradient of the batch") {
    for (const std::string edits :
         {"model=linear&loss=mse", "model=mlp:8&loss=mnist", "model=lenet&loss=crossentropy",
          "model=conv&loss=crossentropy", "model=conv&loss=bce", "model=conv&freeze=2&loss=l1",
          "model=mlp:12&dropout=0.4&loss=bce", "model=lenet&dropout=0.5&loss=mse"}) {
      CAPTURE(edits);
      test::SmallRun run(edits + "&batch=12");
      run.phases(5 * 4 + 2);
      SampleGradients samples(run.trainer);
      const uint32_t n = run.trainer.batch().size;
      std::vector<float> one(run.slab()), whole(run.slab());
      std::vector<double> sum(run.slab());
      for (uint32_t i = 0; i < n; ++i) {
        samples.gradient(i, one);
        for (size_t k = 0; k < one.size(); ++k) sum[k] += static_cast<double>(one[k]);
      }
      run.trainer.probe().gradient(whole);
      double error = 0;
      for (size_t k = 0; k < whole.size(); ++k) {
        const double difference = sum[k] / n - static_cast<double>(whole[k]);
        error += difference * difference;
      }
      // Relative to the gradients that are averaged: if they cancel, the mean is small.
      while (samples.advance()) {
      }
      const float size = *std::ranges::max_element(samples.norms().norms);
      CHECK(norm(whole) > 0);
      CHECK(std::sqrt(error) < 1e-5 * static_cast<double>(std::max(size, norm(whole))));
    }
  }

  TEST_CASE("the gradient of an image is that of a batch of one") {
    test::SmallRun run("model=mlp:8&loss=crossentropy&shuffle=false"),
        alone("model=mlp:8&loss=crossentropy&batch=1&shuffle=false");
    SampleGradients samples(run.trainer);
    std::vector<float> a(run.slab()), b(run.slab());
    samples.gradient(0, a);
    alone.trainer.probe().gradient(b);  // the first image of the first epoch
    CHECK(a == b);
    CHECK(norm(a) > 0);
  }

  TEST_CASE("the norms come one by one, and are those of the gradients") {
    for (const std::string edits : {"model=mlp:8", "model=conv"}) {
      test::SmallRun run(edits);
      run.phases(6);
      SampleGradients samples(run.trainer);
      CHECK_FALSE(samples.done());
      uint32_t calls = 1;
      while (samples.advance()) ++calls;
      CHECK(samples.done());
      CHECK(calls == run.trainer.batch().size);
      const SampleNorms norms = samples.norms();
      CHECK(norms.step == 1);
      std::vector<float> one(run.slab());
      for (uint32_t i = 0; i < calls; ++i) {
        samples.gradient(i, one);
        REQUIRE(norms.norms[i] == norm(one));
      }
      run.trainer.probe().gradient(one);
      CHECK(norms.of_mean == norm(one));
      CHECK_FALSE(samples.advance());
      CHECK(samples.norms() == norms);
    }
  }

  TEST_CASE("the gradients of single images leave the run untouched") {
    test::for_every_kind([](test::SmallRun& run, const auto& untouched) {
      SampleGradients samples(run.trainer);
      CHECK(untouched());
      samples.advance();
    });
  }
}
