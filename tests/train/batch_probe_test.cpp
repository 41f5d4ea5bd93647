// What can be computed on the side between two phases: loss, gradient, next change, nudge.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "support/small_run.hpp"
#include "train/probe.hpp"

using namespace downhill;
using test::difference;
using test::fingerprint;
using test::kKindsOfRuns;
using test::Run;
using test::TwoDigitRun;

TEST_SUITE("batch probe") {
  TEST_CASE("probes and excursions between two phases leave the bits of the run unchanged") {
    for (const std::string edits : kKindsOfRuns) {
      CAPTURE(edits);
      Run plain(edits), looked(edits);
      const auto phases = uint64_t{plain.trainer.batches_per_epoch()} * 5 + 7;
      plain.phases(phases);
      std::vector<float> slab(looked.values().size());
      for (uint64_t i = 0; i < phases; ++i) {
        looked.trainer.advance();
        const uint64_t bits = looked.bits();
        looked.trainer.probe().loss();
        looked.trainer.probe().gradient(slab);
        if (looked.trainer.has_gradient()) looked.trainer.change(slab);
        if (i % 9 == 0) {
          nudge(looked.trainer, looked.trainer.model().slabs().values().data() + 5, slab);
        }
        TrainState state;
        looked.trainer.save_state(state);
        std::ranges::fill(looked.trainer.model().slabs().values(), 7.0f);
        std::ranges::fill(looked.trainer.model().slabs().buffers(), 7.0f);
        looked.trainer.load_state(state);
        REQUIRE(looked.bits() == bits);
      }
      CHECK(difference(fingerprint(plain), fingerprint(looked)) == "");
    }
  }

  TEST_CASE("the loss and the gradient of a probe are those that training then computes") {
    for (const std::string edits : kKindsOfRuns) {
      CAPTURE(edits);
      Run run(edits);
      std::vector<float> slab(run.values().size());
      run.batches(2);
      run.phases(1);  // predict: the running statistics have moved, the loss is not computed yet
      const float loss = run.trainer.probe().loss();
      run.trainer.probe().gradient(slab);
      run.phases(1);
      CHECK(run.trainer.train_loss() == loss);
      // Where the gradient is not zeroed, training adds to the one before.
      const std::span<const float> grads = run.trainer.model().slabs().grads();
      if (run.trainer.spec().fault == Fault::no_zero)
        std::ranges::transform(grads, slab, slab.begin(), std::plus{});
      run.phases(1);
      CHECK(std::ranges::equal(run.trainer.model().slabs().grads(), slab));
    }
  }

  TEST_CASE("the change that is foretold is the change that the step makes") {
    for (const std::string edits : kKindsOfRuns) {
      CAPTURE(edits);
      Run run(edits);
      for (int batch = 0; batch < 3; ++batch) {
        run.phases(3);
        const std::vector<float> before = run.values();
        std::vector<float> foretold(before.size()), made(before.size());
        run.trainer.change(foretold);
        REQUIRE(run.values() == before);
        run.phases(1);
        run.trainer.change(made);
        CHECK(made == foretold);
        const std::vector<float> after = run.values();
        size_t wrong = 0, moved = 0;
        for (size_t i = 0; i < before.size(); ++i) {
          wrong += made[i] != after[i] - before[i] ? 1 : 0;
          moved += made[i] != 0.0f ? 1 : 0;
        }
        CHECK(wrong == 0);
        CHECK(moved > 0);
        run.phases(1);
        run.trainer.change(made);  // still the last one, until there is another gradient
        CHECK(made == foretold);
      }
    }
  }

  TEST_CASE("a nudge measures the slope that backward computes") {
    for (const std::string edits :
         {"loss=mnist", "loss=bce", "loss=mse", "model=linear&loss=mnist"}) {
      CAPTURE(edits);
      TwoDigitRun run(edits);
      run.batches(3);
      run.phases(3);
      const auto grads = run.trainer.model().slabs().grads();
      std::vector<float> scratch(grads.size());
      size_t largest = 0;
      for (size_t i = 0; i < grads.size(); ++i) {
        if (std::abs(grads[i]) > std::abs(grads[largest])) largest = i;
      }
      const Nudge n =
          nudge(run.trainer, run.trainer.model().slabs().values().data() + largest, scratch);
      CHECK(n.gradient == grads[largest]);
      CHECK(static_cast<double>(n.slope) ==
            doctest::Approx(static_cast<double>(n.gradient)).epsilon(0.02));
      CHECK(n.loss == run.trainer.train_loss());
    }
  }

  TEST_CASE("a nudge of a frozen weight finds the slope that it has, and it stays frozen") {
    TwoDigitRun run("loss=bce&freeze=1");
    run.batches(3);
    run.phases(3);
    ParameterSlabs& slabs = run.trainer.model().slabs();
    float* const bias = slabs.all()[1].value.data;  // of the first layer
    std::vector<float> scratch(slabs.values().size());
    CHECK(slabs.all()[1].grad.data[0] == 0);
    const Nudge n = nudge(run.trainer, bias, scratch);
    CHECK(n.gradient != 0);
    CHECK(n.slope == doctest::Approx(static_cast<double>(n.gradient)).epsilon(0.02));
    CHECK_FALSE(slabs.all()[1].requires_grad);
  }

  TEST_CASE("a batch keeps its dropout mask until the next one comes") {
    TwoDigitRun run("loss=bce&dropout=0.5");
    run.batches(3);
    run.phases(4);  // the step is done
    const float loss = run.trainer.probe().loss();
    const uint64_t number = run.trainer.batch_number();
    run.phases(1);  // repeat: the same weights and batch
    CHECK(run.trainer.probe().loss() == loss);
    CHECK(run.trainer.batch_number() == number);
    run.phases(1);  // predict
    CHECK(run.trainer.batch_number() == number + 1);
    CHECK(run.trainer.probe().loss() != loss);
  }
}
