#include "train/borrowed.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "support/small_run.hpp"
#include "support/trainer_digest.hpp"

using namespace downhill;

TEST_SUITE("borrowed") {
  TEST_CASE(
      "the run's gradients come back with their flags, and the computed ones are in `place`") {
    for (const uint32_t phases : {0u, 3u}) {  // before any gradient, and with one
      CAPTURE(phases);
      test::SmallRun run("freeze=1");
      run.phases(phases);
      ParameterSlabs& slabs = run.trainer.model().slabs();
      const auto before = test::digest_of(run.trainer);
      std::vector<float> place(run.slab());
      {
        const BorrowedGradients borrowed(slabs, place);
        CHECK(std::ranges::count(slabs.grads(), 0.0f) == static_cast<long>(run.slab()));
        CHECK_FALSE(slabs.all()[2].has_grad);
        slabs.grads()[3] = 7.0f;
        for (Parameter& parameter : slabs.all()) parameter.has_grad = true;
      }
      CHECK(test::digest_of(run.trainer) == before);
      CHECK(place[3] == 7.0f);
      CHECK(std::ranges::count(place, 0.0f) == static_cast<long>(run.slab()) - 1);
    }
  }

  TEST_CASE("weights and requires_grad come back") {
    test::SmallRun run("freeze=1");
    ParameterSlabs& slabs = run.trainer.model().slabs();
    const auto before = test::digest_of(run.trainer);
    std::vector<float> place(run.slab());
    {
      const BorrowedWeights borrowed(slabs, place);
      const FrozenParameters frozen(slabs);
      std::ranges::fill(slabs.values(), 3.0f);
      for (const Parameter& parameter : slabs.all()) CHECK_FALSE(parameter.requires_grad);
    }
    CHECK(test::digest_of(run.trainer) == before);
  }

  TEST_CASE("a probe's gradient before the first of the run leaves no flag behind") {
    test::SmallRun run("");
    const auto before = test::digest_of(run.trainer);
    std::vector<float> grads(run.slab());
    run.trainer.probe().gradient(grads);
    CHECK(std::ranges::any_of(grads, [](float g) { return g != 0; }));
    CHECK(test::digest_of(run.trainer) == before);
  }
}
