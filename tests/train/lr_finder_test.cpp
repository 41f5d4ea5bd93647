#include "train/lr_finder.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "support/small_run.hpp"
#include "support/trainer_digest.hpp"

using namespace downhill;

namespace {

const LrSweep& sweep_to_the_end(LrFinder& finder) {
  while (finder.advance()) {
  }
  return finder.result();
}

}  // namespace

TEST_SUITE("lr finder") {
  TEST_CASE("it trains as the run would with these rates") {
    for (const std::string edits : test::kManyKinds) {
      CAPTURE(edits);
      test::SmallRun run(edits), oracle(edits);
      run.phases(5 * 5);
      oracle.phases(5 * 5);
      LrFinder finder(run.trainer);
      const LrSweep& sweep = sweep_to_the_end(finder);
      REQUIRE(sweep.losses.size() > 20);
      ExperimentSpec spec = oracle.trainer.spec();
      spec.epochs = 100;
      for (size_t i = 0; i < sweep.losses.size(); ++i) {
        spec.lr = sweep.lrs[i];
        oracle.trainer.apply_live(spec);
        oracle.phases(2);
        CAPTURE(i);
        CHECK(oracle.trainer.train_loss() == sweep.losses[i]);
        if (oracle.trainer.next() == Phase::stop) break;
        oracle.phases(3);
      }
      CHECK(sweep.step == 5);
    }
  }

  TEST_CASE("between two of its batches the run is untouched") {
    test::for_every_kind([](test::SmallRun& run, const auto& untouched) {
      LrFinder finder(run.trainer);
      for (uint32_t i = 0; i < 3; ++i) {
        CHECK(finder.advance());
        CHECK(untouched());
      }
      sweep_to_the_end(finder);
    });
  }

  TEST_CASE("a run that goes on beside it changes nothing of the sweep") {
    test::SmallRun still("optimizer=momentum"), moving("optimizer=momentum");
    LrFinder a(still.trainer), b(moving.trainer);
    while (a.advance()) CHECK(b.advance());
    CHECK_FALSE(b.advance());
    CHECK(a.done());
    CHECK(a.result() == b.result());
    CHECK_FALSE(a.advance());
    CHECK(a.result() == b.result());
  }

  TEST_CASE("its suggestions for the synthetic digits train") {
    test::SmallRun run("loss=crossentropy");
    LrFinder finder(run.trainer);
    const LrSweep sweep = sweep_to_the_end(finder);
    CHECK(sweep.fell);
    CHECK(sweep.smooth.front() == doctest::Approx(static_cast<double>(sweep.losses.front())));
    ExperimentSpec spec = run.trainer.spec();
    spec.lr = sweep.minimum;
    run.trainer.apply_live(spec);
    while (!run.trainer.finished()) run.trainer.advance();
    CHECK(run.trainer.evaluation().loss < 0.5f * sweep.losses.front());
  }
}
