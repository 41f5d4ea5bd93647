// Compares experiments on points with PyTorch: 100 steps from the same first weights, each loss, each
// gradient's norm and the last parameters with golden/torch/points.txt.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "data/points.hpp"
#include "support/advice.hpp"
#include "support/torch_golden.hpp"
#include "support/torch_weights.hpp"
#include "train/trainer.hpp"

using namespace downhill;

namespace {

constexpr double kTolerance = 1e-5;

struct PointsGolden {
  std::vector<float> points;
  struct One {
    std::string spec;
    std::vector<float> losses, norms, last;
  };
  std::vector<One> runs;
};

PointsGolden read_golden() {
  PointsGolden all;
  test::read_torch_golden("points.txt", [&](const std::string& word, auto& words) {
    if (word == "points") all.points = test::numbers_of(words);
    if (word == "run") words >> all.runs.emplace_back().spec;
    if (word == "losses") all.runs.back().losses = test::numbers_of(words);
    if (word == "norms") all.runs.back().norms = test::numbers_of(words);
    if (word == "final") all.runs.back().last = test::numbers_of(words);
  });
  return all;
}

Dataset dataset_of(DataKind kind, const std::vector<float>& speeds) {
  const size_t width = kData[kind].features;
  std::vector<float> rows(speeds.size() * width);
  for (size_t i = 0; i < speeds.size(); ++i) {
    features_of(static_cast<float>(i), std::span(rows).subspan(i * width, width));
  }
  return Dataset::from_rows(std::move(rows), speeds);
}

void check_near(float ours, float torch, double scale) {
  CHECK(std::abs(static_cast<double>(ours) - static_cast<double>(torch)) <=
        kTolerance * std::max(scale, std::abs(static_cast<double>(torch))));
}

}  // namespace

TEST_SUITE("golden") {
  TEST_CASE("100 steps on the points follow PyTorch within 1e-5") {
    INFO(test::torch_advice("points"));
    const PointsGolden all = read_golden();
    REQUIRE(all.points.size() == 20);
    REQUIRE(all.runs.size() == 11);
    for (const PointsGolden::One& run : all.runs) {
      CAPTURE(run.spec);
      const Result<ExperimentSpec> spec = edit_spec({}, run.spec + "&epochs=100");
      if (!spec) FAIL(spec.error().message);
      const Dataset train = dataset_of(spec->data, all.points),
                    valid = dataset_of(spec->data, all.points);
      Trainer trainer;
      REQUIRE(trainer.rebuild(*spec, train, valid).ok());
      test::set_first_weights(trainer.model());
      const ParameterSlabs& slabs = trainer.model().slabs();
      trainer.start_from(slabs.values(), slabs.buffers());
      while (!trainer.finished()) trainer.advance();
      const auto steps = trainer.recorder().steps();
      REQUIRE(steps.size() == 100);
      REQUIRE(run.losses.size() == 100);
      for (size_t i = 0; i < steps.size(); ++i) {
        CAPTURE(i);
        check_near(steps[i].loss, run.losses[i], 1);
        check_near(steps[i].gradient_norm, run.norms[i], static_cast<double>(run.norms[0]));
      }
      size_t at = 0;
      for (const Parameter& parameter : trainer.model().slabs().all()) {
        for (const float value : parameter.value.span()) check_near(value, run.last[at++], 1);
      }
      CHECK(at == run.last.size());
    }
  }
}
