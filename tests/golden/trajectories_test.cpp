// Compares whole epochs with PyTorch's: 100 steps from the same initial weights over the same
// batches, each loss with golden/torch/trajectories.txt, and the automatic test after the last
// step. PyTorch computes in double precision; the rest is the rounding of floats, which adds up
// over a run. The measured difference as a part of a run's largest loss: 2e-7 for linear, MLP and
// layer norm, 8e-7 for conv, 3e-6 for lenet, 1.2e-5 for resconv. With a ReLU after a batch norm it
// is 2e-4, as it is for PyTorch's own floats (generate_trajectories.py says why).
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <span>
#include <string>
#include <vector>

#include "support/advice.hpp"
#include "support/mnist37.hpp"
#include "support/torch_golden.hpp"
#include "support/torch_weights.hpp"
#include "train/trainer.hpp"

using namespace downhill;

namespace {

// As a part of a run's largest loss.
constexpr float kTolerance = 5e-5f, kToleranceWithKinks = 1e-3f;

struct Trajectory {
  std::string spec;
  std::vector<float> losses;
  float valid_loss = 0;
  int valid_correct = 0;
};

std::vector<Trajectory> read_trajectories() {
  std::vector<Trajectory> runs;
  test::read_torch_golden("trajectories.txt", [&](const std::string& word, auto& words) {
    if (word == "run") words >> runs.emplace_back().spec;
    if (word == "losses") runs.back().losses = test::numbers_of(words);
    if (word == "valid") words >> runs.back().valid_loss >> runs.back().valid_correct;
  });
  return runs;
}

}  // namespace

TEST_SUITE("published trajectories") {
  TEST_CASE("an epoch of every kind of network and optimizer goes as in PyTorch") {
    INFO(test::torch_advice("trajectories"));
    const DigitData data = test::load_mnist37();
    const std::vector<Trajectory> runs = read_trajectories();
    REQUIRE(runs.size() == 17);
    for (const Trajectory& run : runs) {
      CAPTURE(run.spec);
      const Result<ExperimentSpec> spec = edit_spec({}, run.spec);
      REQUIRE(spec.ok());
      Trainer trainer;
      REQUIRE(trainer.rebuild(*spec, data.train, data.valid).ok());
      test::set_first_weights(trainer.model());
      const ParameterSlabs& slabs = trainer.model().slabs();
      trainer.start_from(slabs.values(), slabs.buffers());
      while (!trainer.finished()) trainer.advance();
      const std::span<const CurvePoint> steps = trainer.recorder().steps();
      REQUIRE(steps.size() == 100);
      REQUIRE(run.losses.size() == 100);
      const bool kinks =
          spec->model.kind == ModelKind::conv && spec->activation == ActivationKind::relu;
      const float bound =
          (kinks ? kToleranceWithKinks : kTolerance) * *std::ranges::max_element(run.losses);
      for (size_t i = 0; i < steps.size(); ++i) {
        CAPTURE(i);
        CHECK(std::abs(steps[i].loss - run.losses[i]) <= bound);
      }
      const EpochPoint& test = trainer.recorder().epochs().back();
      CHECK(std::abs(test.valid_loss - run.valid_loss) <= bound);
      CHECK(std::abs(static_cast<int>(trainer.evaluation().correct) - run.valid_correct) <= 1);
    }
  }
}
