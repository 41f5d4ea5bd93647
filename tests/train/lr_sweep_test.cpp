// Compares with tests/golden/torch/lr_sweep.txt, which plain Python computes from the same curves.
#include "train/lr_sweep.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <span>
#include <string>
#include <vector>

#include "support/advice.hpp"
#include "support/golden_words.hpp"

using namespace downhill;

namespace {

doctest::Approx near(float expected) {
  return doctest::Approx(static_cast<double>(expected)).epsilon(2e-6).scale(1e-9);
}

struct Curve {
  std::vector<float> losses;
  LrSweep sweep;

  // Feeds losses until the sweep is over.
  void run() {
    SweepRecorder recorder(7);
    for (const float loss : losses) {
      if (!recorder.add(loss)) break;
    }
    sweep = recorder.sweep();
  }
};

}  // namespace

TEST_SUITE("lr sweep") {
  TEST_CASE("sweeps end, smooth and suggest as fastai's rules say") {
    INFO(test::torch_advice("lr_sweep"));
    test::GoldenWords golden("lr_sweep.txt");
    uint32_t curves = 0;
    while (golden.word() == "curve") {
      const std::string name = golden.word();
      CAPTURE(name);
      Curve curve;
      curve.losses.resize(static_cast<size_t>(golden.number()));
      for (float& loss : curve.losses) loss = golden.number();
      curve.run();
      const LrSweep& sweep = curve.sweep;
      CHECK(sweep.step == 7);
      CHECK(static_cast<float>(sweep.losses.size()) == golden.named("taken"));
      CHECK(sweep.lrs.size() == sweep.losses.size());
      CHECK(sweep.exploded == (golden.named("exploded") == 1));
      CHECK(static_cast<float>(sweep.first) == golden.named("range"));
      CHECK(static_cast<float>(sweep.last) == golden.number());
      const std::vector<float> smooth = golden.numbers("smooth");
      REQUIRE(sweep.smooth.size() == smooth.size());
      for (size_t i = 0; i < smooth.size(); ++i) {
        if (std::isfinite(smooth[i])) {
          CHECK(sweep.smooth[i] == near(smooth[i]));
        } else {
          CHECK(std::isnan(sweep.smooth[i]) == std::isnan(smooth[i]));
          CHECK_FALSE(std::isfinite(sweep.smooth[i]));
        }
      }
      // fastai's suggestions, and of them those that the sweep has seen.
      const auto lrs = std::span(sweep.lrs).subspan(sweep.first, sweep.last - sweep.first);
      const auto range = std::span(sweep.smooth).subspan(sweep.first, sweep.last - sweep.first);
      const auto check = [&](const char* word, float suggestion, float ours) {
        CAPTURE(word);
        CHECK(suggestion == near(golden.named(word)));
        CHECK((ours == 0 || ours == suggestion));
      };
      check("valley", suggest_valley(lrs, range), sweep.valley);
      check("slide", suggest_slide(lrs, range), sweep.slide);
      check("minimum", suggest_minimum(lrs, range), sweep.minimum);
      check("steep", suggest_steep(lrs, range), sweep.steep);
      ++curves;
    }
    CHECK(curves == 11);
  }

  TEST_CASE("rates go from 1e-7 towards 10 in equal factors") {
    CHECK(SweepRecorder::rate(0) == 1e-7f);
    CHECK(SweepRecorder::rate(50) == near(1e-3f));
    CHECK(SweepRecorder::rate(100) == near(10.0f));
  }

  TEST_CASE("there is no suggestion where there is nothing to read it from") {
    const std::vector<float> lrs = {1e-3f, 1e-2f, 1e-1f}, rising = {1, 2, 3}, falling = {3, 2, 1};
    CHECK(suggest_valley({}, {}) == 0);
    CHECK(suggest_slide({}, {}) == 0);
    CHECK(suggest_minimum({}, {}) == 0);
    CHECK(suggest_steep({}, {}) == 0);
    CHECK(suggest_valley(lrs, rising) == 0);
    CHECK(suggest_steep(lrs, rising) == 0);
    CHECK(suggest_minimum(lrs, rising) == 1e-3f / 10);
    CHECK(suggest_slide(lrs, falling) == 0);  // too few
    CHECK(suggest_valley(lrs, falling) == 1e-3f);
    CHECK(suggest_steep(lrs, falling) == 1e-3f);
  }

  TEST_CASE("a sweep in which nothing falls suggests nothing") {
    Curve flat, rising, noisy;
    for (uint32_t i = 0; i < SweepRecorder::kRates; ++i) {
      const float x = static_cast<float>(i);
      flat.losses.push_back(0.5f);
      rising.losses.push_back(0.05f + (i < 60 ? 0 : 0.0005f * (x - 60) * (x - 60)));
      noisy.losses.push_back(0.02f + 0.01f * static_cast<float>((i * 7919) % 13) / 13);
    }
    for (Curve* curve : {&flat, &rising, &noisy}) {
      curve->run();
      const LrSweep& sweep = curve->sweep;
      CHECK(sweep.last > 0);
      CHECK_FALSE(sweep.fell);
      for (const float lr : {sweep.valley, sweep.slide, sweep.minimum, sweep.steep}) CHECK(lr == 0);
    }
    CHECK(rising.sweep.exploded);
    CHECK_FALSE(flat.sweep.exploded);
  }

  TEST_CASE("what is still falling at the last rate has no lowest loss, and no upturn") {
    Curve falling;
    for (uint32_t i = 0; i < SweepRecorder::kRates; ++i) {
      falling.losses.push_back(i < 50 ? 0.5f : 0.5f - 0.004f * static_cast<float>(i - 50));
    }
    falling.run();
    const LrSweep& sweep = falling.sweep;
    CHECK(sweep.fell);
    CHECK_FALSE(sweep.exploded);
    CHECK(sweep.minimum == 0);
    CHECK(sweep.slide == 0);
    CHECK(sweep.valley > 0);
  }
}
