// Experiments that learn from points: the same trainer, tools and files as for digits.
#include "data/points.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "support/training.hpp"
#include "train/curvature.hpp"
#include "train/fit.hpp"
#include "train/layer_statistics.hpp"
#include "train/link_text.hpp"
#include "train/loss_line.hpp"
#include "train/lr_finder.hpp"
#include "train/probe.hpp"
#include "train/sample_gradients.hpp"
#include "train/valley.hpp"

using namespace downhill;
using test::difference;
using test::edited;
using test::fingerprint;
using test::Run;

namespace {

struct PointRun : Run {
  explicit PointRun(const std::string& edits)
      : Run(edited({}, edits), data_of(edited({}, edits))) {}

  static const DigitData& data_of(const ExperimentSpec& spec) {
    static const DigitData curve = point_data(DataKind::curve, 1),
                           line = point_data(DataKind::line, 1);
    return spec.data == DataKind::line ? line : curve;
  }
};

constexpr const char* kKinds[] = {
    "data=curve",
    "data=line&loss=l1&optimizer=adam",
    "data=curve&batch=6&shuffle=true&optimizer=momentum&lr=0.02",
    "data=curve&model=mlp:8&activation=tanh&lr=0.01&dropout=0.2",
    "data=curve&model=net:linear6,bn,relu,linear&batch=10&lr=0.01",
    "data=curve&fault=nozero&lr=0.01",
    "data=line&subset=12&batch=5&lr=0.01",
};

std::string refusal(const std::string& edits) {
  const Result<ExperimentSpec> spec = edit_spec({}, edits);
  return spec ? "" : spec.error().message;
}

}  // namespace

TEST_SUITE("points") {
  TEST_CASE("data bring what is usual for them, and the other edits come after that") {
    const ExperimentSpec curve = edited({}, "data=curve");
    CHECK(curve.model.kind == ModelKind::linear);
    CHECK(curve.loss == LossKind::mse);
    CHECK(curve.normalize);
    CHECK(edited({}, "lr=0.5&data=curve").lr == 0.5f);
    CHECK(edited(curve, "data=curve&lr=0.3&batch=7").batch == 7);
    CHECK(edited(edited(curve, "batch=7"), "data=curve").batch == 7);  // no other data: nothing new
    CHECK(edited(curve, "data=digits") == ExperimentSpec{});
    for (const std::string edits : kKinds) {
      const ExperimentSpec spec = edited({}, edits);
      CHECK(edited({}, print_spec(spec)) == spec);
      CHECK(read_link("#" + edits).spec == spec);
      CHECK(read_link("#" + edits).left_out.empty());
      CHECK(needs_rebuild({}, spec));
    }
    CHECK(read_link("#lr=0.5&data=line").spec == edited({}, "data=line&lr=0.5"));
  }

  TEST_CASE("what needs classes or images is refused with a sentence, or has no effect") {
    CHECK(refusal("data=curve&loss=bce") ==
          "[loss] 'bce' compares with classes, but the points of 'curve' have numbers as targets: "
          "mse and l1 fit them");
    CHECK(refusal("data=line&fault=accuracy") ==
          "[fault] accuracy counts right answers, but the points of 'line' have none");
    CHECK(refusal("data=curve&model=conv").find("it needs an image") != std::string::npos);
    PointRun plain("data=curve"), other("data=curve&digits=49&augment=affine&noise=0.5");
    plain.batches(7);
    other.batches(7);
    CHECK(plain.bits() == other.bits());
  }

  TEST_CASE("a linear model has a, b and c, falls to the noise, and has no accuracy") {
    PointRun run("data=curve");
    CHECK(run.trainer.model().slabs().count() == 3);
    const float first = run.trainer.evaluation().loss;
    run.to_the_end();
    CHECK(first > 500);
    CHECK(run.trainer.train_loss() < 30);
    CHECK(run.trainer.evaluation().loss < 40);
    CHECK(std::isnan(run.trainer.batch_accuracy()));
    CHECK(std::isnan(run.trainer.evaluation().accuracy));
    CHECK(std::isnan(run.trainer.best_valid_accuracy()));
    CHECK(run.trainer.evaluation().answers.empty());
    CHECK(PointRun("data=line").trainer.model().slabs().count() == 2);
  }

  TEST_CASE("going back, and a file, restore the bits of every kind") {
    for (const std::string edits : kKinds) {
      CAPTURE(edits);
      PointRun there(edits), back(edits);
      std::vector<test::Fingerprint> seen;
      for (int i = 0; i < 33; ++i) {
        seen.push_back(fingerprint(there));
        there.trainer.advance();
      }
      back.phases(33);
      for (const uint32_t place : {31u, 27u, 15u, 8u, 4u}) {
        back.trainer.go_back(place);
        CHECK(difference(fingerprint(back), seen[place]) == "");
      }
      TensorFile file;
      append_run(there.trainer.record(), file);
      const Result<TensorFile> read = read_safetensors(write_safetensors(file), "test");
      REQUIRE(read.ok());
      const Result<RunRecord> record = read_run(*read);
      if (!record) FAIL(record.error().message);
      const DigitData& data = PointRun::data_of(there.trainer.spec());
      PointRun other("data=curve");
      const Result<void> resumed = other.trainer.resume(*record, data.train, data.valid);
      if (!resumed) FAIL(resumed.error().message);
      CHECK(difference(fingerprint(other), fingerprint(there)) == "");
    }
  }

  TEST_CASE("the tools work on points, and leave the run untouched") {
    for (const std::string edits : kKinds) {
      CAPTURE(edits);
      PointRun run(edits);
      run.phases(14);
      const test::Fingerprint before = fingerprint(run);
      const size_t slab = run.trainer.model().slabs().values().size();
      const Valley valley = measure_valley(run.trainer);
      CHECK(valley.best > 0);
      LrFinder finder(run.trainer);
      while (finder.advance()) continue;
      LossLineProbe line(run.trainer);
      while (line.advance()) continue;
      SampleGradients samples(run.trainer);
      while (samples.advance()) continue;
      PowerIteration sharpness(run.trainer);
      while (sharpness.advance()) continue;
      std::vector<float> scratch(slab);
      const Nudge n = nudge(run.trainer, run.trainer.model().slabs().values().data(), scratch);
      CHECK(static_cast<double>(n.slope) ==
            doctest::Approx(static_cast<double>(n.gradient)).epsilon(0.05).scale(1));
      LayerStatisticsProbe statistics(run.trainer);
      while (statistics.advance()) continue;
      CHECK(statistics.result().size() == run.trainer.model().table().size());
      (void)fit_of(run.trainer);
      CHECK(difference(fingerprint(run), before) == "");
    }
  }

  TEST_CASE("the gradients of single points have the batch's gradient as their mean") {
    PointRun run("data=curve&batch=6");
    run.phases(9);
    SampleGradients samples(run.trainer);
    std::vector<float> one(run.trainer.model().slabs().grads().size()), mean(one.size());
    for (uint32_t i = 0; i < 6; ++i) {
      samples.gradient(i, one);
      for (size_t k = 0; k < one.size(); ++k) mean[k] += one[k] / 6;
    }
    run.trainer.probe().gradient(one);
    for (size_t k = 0; k < one.size(); ++k) {
      CHECK(static_cast<double>(mean[k]) ==
            doctest::Approx(static_cast<double>(one[k])).epsilon(1e-4).scale(1e-3));
    }
  }

  TEST_CASE("the sharpness of least squares is the largest eigenvalue of 2·XᵀX/n") {
    PointRun run("data=line&normalize=false");
    // X has the columns t and 1: the eigenvalues follow from the sums of t² and t.
    const double m2 = 2470.0 / 20, m1 = 9.5;
    const double largest = (m2 + 1 + std::sqrt((m2 - 1) * (m2 - 1) + 4 * m1 * m1));
    PowerIteration sharpness(run.trainer);
    while (sharpness.advance()) continue;
    CHECK(static_cast<double>(sharpness.result().eigenvalue) ==
          doctest::Approx(largest).epsilon(1e-4));
  }

  TEST_CASE("a fit has the points, the model at them and along the time, and the step beside it") {
    PointRun run("data=curve&normalize=false&lr=0.00001&batch=6");
    const Fit first = fit_of(run.trainer);
    CHECK(first.other_curve.empty());
    run.phases(5 + 3);
    const Fit fit = fit_of(run.trainer);
    const ParameterSlabs& slabs = run.trainer.model().slabs();
    const float a = slabs.all()[0].value.data[0], b = slabs.all()[0].value.data[1],
                c = slabs.all()[1].value.data[0];
    REQUIRE(fit.times.size() == 20);
    CHECK(std::ranges::count(fit.in_batch, 1) == 6);
    double squares = 0;
    for (size_t i = 0; i < 20; ++i) {
      const float t = fit.times[i];
      CHECK(fit.outputs[i] == doctest::Approx(static_cast<double>(a * t * t + b * t + c)));
      squares += std::pow(static_cast<double>(fit.outputs[i] - fit.targets[i]), 2) / 20;
    }
    CHECK(static_cast<double>(fit.loss) == doctest::Approx(squares));
    CHECK(fit.curve_times.front() == -0.5f);
    CHECK(fit.curve_times.back() == 19.5f);
    run.phases(1);  // the step: what was ahead is now, and what was now is behind
    const Fit after = fit_of(run.trainer);
    for (size_t i = 0; i < fit.curve.size(); ++i) {
      CHECK(after.curve[i] == doctest::Approx(static_cast<double>(fit.other_curve[i])));
      CHECK(after.other_curve[i] == doctest::Approx(static_cast<double>(fit.curve[i])));
    }
  }

  TEST_CASE("a fit says what is done to t² and t before the model sees them") {
    PointRun run("data=curve");
    run.batches(3);
    const Fit fit = fit_of(run.trainer);
    REQUIRE(fit.means.size() == 2);
    CHECK(fit.means[0] == 123.5f);
    CHECK(fit.means[1] == 9.5f);
    const ParameterSlabs& slabs = run.trainer.model().slabs();
    const float a = slabs.all()[0].value.data[0], b = slabs.all()[0].value.data[1],
                c = slabs.all()[1].value.data[0];
    for (size_t i = 0; i < 20; ++i) {
      const float t = fit.times[i];
      const float output = a * (t * t - fit.means[0]) / fit.deviations[0] +
                           b * (t - fit.means[1]) / fit.deviations[1] + c;
      CHECK(fit.outputs[i] == doctest::Approx(static_cast<double>(output)).scale(10));
    }
    PointRun as_it_is("data=line&normalize=false");
    const Fit plain = fit_of(as_it_is.trainer);
    CHECK(plain.means == std::vector{0.0f});
    CHECK(plain.deviations == std::vector{1.0f});
  }

  TEST_CASE("forgetting to zero makes the gradient 2g, 3g, to the bit") {
    for (const std::string data : {"data=curve", "data=line&normalize=false"}) {
      CAPTURE(data);
      PointRun run(data + "&fault=nozero&lr=0.00001&clip=1e-9");
      std::vector<std::vector<float>> seen;
      for (int i = 0; i < 3; ++i) {
        while (run.trainer.advance() != Phase::gradient) continue;
        const auto grads = run.trainer.model().slabs().grads();
        seen.emplace_back(grads.begin(), grads.end());
      }
      for (size_t i = 0; i < seen[0].size(); ++i) {
        CHECK(seen[1][i] == 2 * seen[0][i]);
        CHECK(seen[2][i] == 3 * seen[0][i]);
      }
    }
  }
}
