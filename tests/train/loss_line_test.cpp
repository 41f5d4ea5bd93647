#include "train/loss_line.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

#include "support/small_run.hpp"
#include "support/trainer_digest.hpp"

using namespace downhill;

TEST_SUITE("loss line") {
  TEST_CASE("the points are losses; 0 is at the weights, 1 after the step") {
    test::SmallRun run("model=mlp:8&loss=bce&lr=0.5");
    run.phases(5 + 3);  // predict, loss, gradient of the second batch
    LossLineProbe probe(run.trainer);
    while (probe.advance()) {
    }
    const LossLine& line = probe.result();
    CHECK(probe.done());
    CHECK_FALSE(probe.advance());
    REQUIRE(line.losses.size() == 41);
    CHECK(line.step == 1);
    CHECK(line.lr == 0.5f);
    CHECK(line.distances.front() == -1);
    CHECK(line.distances[8] == 0);
    CHECK(line.distances[16] == 1);
    CHECK(line.distances.back() == 4);
    CHECK(line.loss == run.trainer.train_loss());
    CHECK(line.losses[8] == line.loss);
    CHECK(line.losses[9] < line.loss);
    CHECK(line.losses[7] > line.loss);
    run.phases(1);  // the step itself
    CHECK(line.losses[16] == run.trainer.probe().loss());
  }

  TEST_CASE("for linear regression it is a parabola with that slope") {
    test::SmallRun run("model=linear&loss=mse&lr=0.01");
    run.phases(7);
    LossLineProbe probe(run.trainer);
    while (probe.advance()) {
    }
    const LossLine& line = probe.result();
    CHECK(line.slope < 0);
    const auto slope = static_cast<double>(line.slope);
    const auto at = [&](size_t i) { return static_cast<double>(line.losses[i]); };
    CHECK((at(16) - at(0)) / 2 == doctest::Approx(slope).epsilon(1e-4));
    const double bend = at(16) + at(0) - 2 * at(8);
    CHECK(at(40) == doctest::Approx(at(8) + 4 * slope + 8 * bend).epsilon(1e-4));
  }

  TEST_CASE("between two points the run is untouched") {
    test::for_every_kind([](test::SmallRun& run, const auto& untouched) {
      LossLineProbe probe(run.trainer);
      do {
        CHECK(untouched());
      } while (probe.advance());
    });
  }
}
