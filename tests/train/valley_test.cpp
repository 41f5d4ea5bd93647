#include "train/valley.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>

#include "support/mnist37.hpp"
#include "support/small_run.hpp"
#include "support/trainer_digest.hpp"

using namespace downhill;

namespace {

float loss_at_weights(Trainer& trainer) { return trainer.probe().loss(); }

doctest::Approx approx(float value) { return doctest::Approx(static_cast<double>(value)); }

// 0.5 here, lowest at rate 1, as high as here at rate 4, ten times as high at rate 10.
Valley bowl() {
  Valley valley;
  valley.loss = 0.5f;
  valley.slope = -0.4f;
  valley.best = 1;
  valley.rates = {0.001f, 0.01f, 0.1f, 1, 4, 10};
  valley.losses = {0.4996f, 0.496f, 0.46f, 0.3f, 0.5f, 5};
  return valley;
}

}  // namespace

TEST_SUITE("valley") {
  TEST_CASE("the loss of a rate is the loss after a step of every optimizer at that rate") {
    for (const char* optimizer : {"sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw"}) {
      CAPTURE(optimizer);
      const std::string spec = "model=mlp:8&loss=bce&wd=0.01&clip=1&optimizer=";
      test::SmallRun run(spec + optimizer + "&lr=0.01");
      run.phases(2 * 5 + 3);
      const Valley valley = measure_valley(run.trainer);
      CHECK(valley.step == 2);
      CHECK(valley.loss == run.trainer.train_loss());
      REQUIRE(valley.rates.size() > 6);
      // The rate nearest to 0.01 is taken for a real step.
      size_t i = 0;
      while (valley.rates[i] < 0.009f) ++i;
      ExperimentSpec changed = run.trainer.spec();
      changed.lr = valley.rates[i];
      run.trainer.apply_live(changed);
      run.phases(1);
      CHECK(loss_at_weights(run.trainer) == approx(valley.losses[i]).epsilon(1e-4));
    }
  }

  TEST_CASE("after a step it is the valley of that step, from the weights before it") {
    for (const char* spec : test::kManyKinds) {
      CAPTURE(std::string(spec));
      test::SmallRun run(spec);
      run.phases(5 * 2 + 3);
      REQUIRE(run.trainer.phase() == Phase::gradient);
      const Valley before = measure_valley(run.trainer);
      CHECK(!before.made);
      run.phases(1);
      const auto bits = test::digest_of(run.trainer);
      const Valley after = measure_valley(run.trainer);
      CHECK(after.made);
      CHECK(after.lr == before.lr);
      CHECK(after.loss == run.trainer.train_loss());
      CHECK(after.slope == approx(before.slope).epsilon(1e-3));
      CHECK(loss_after(after, after.lr) == approx(loss_at_weights(run.trainer)).epsilon(1e-4));
      CHECK(test::digest_of(run.trainer) == bits);
      run.phases(1);
      CHECK(!measure_valley(run.trainer).made);
    }
  }

  TEST_CASE("for linear regression the valley is a parabola with the slope of the gradient") {
    test::SmallRun run("model=linear&loss=mse&lr=0.01");
    run.phases(7);
    const Valley v = measure_valley(run.trainer);
    CHECK(v.slope < 0);
    REQUIRE(v.near_rates.size() >= 19);
    CHECK(v.near_rates[3] == 0);
    CHECK(v.near_losses[3] == v.loss);
    CHECK(std::ranges::is_sorted(v.near_rates));
    CHECK(std::ranges::count(v.near_rates, v.lr) == 1);
    const double h = static_cast<double>(v.near_rates.back()) / 15;
    const double slope = static_cast<double>(v.slope);
    const auto at = [&](int i) {
      const double rate = i * h;
      size_t nearest = 0;
      for (size_t n = 0; n < v.near_rates.size(); ++n) {
        const auto off = [&](size_t m) {
          return std::abs(static_cast<double>(v.near_rates[m]) - rate);
        };
        if (off(n) < off(nearest)) nearest = n;
      }
      return static_cast<double>(v.near_losses[nearest]);
    };
    CHECK((at(3) - at(-3)) / (6 * h) == doctest::Approx(slope).epsilon(1e-3));
    const double bend = (at(3) + at(-3) - 2 * at(0)) / 9;
    CHECK(at(15) == doctest::Approx(at(0) + 15 * h * slope + 112.5 * bend).epsilon(1e-3));
    // The lowest of the rates is near the bottom of the parabola.
    const double bottom = -slope * h * h / bend;
    CHECK(static_cast<double>(v.best) > bottom / 2);
    CHECK(static_cast<double>(v.best) < bottom * 2);
  }

  TEST_CASE("the picture holds the next step, and the lowest point if that is near") {
    for (const char* lr : {"0.0001", "0.1", "50"}) {
      CAPTURE(std::string(lr));
      test::SmallRun run(std::string("model=linear&loss=bce&lr=") + lr);
      run.phases(1);
      const Valley v = measure_valley(run.trainer);
      CHECK(v.near_rates.front() < 0);
      CHECK(v.near_rates.back() > v.lr);
      CHECK((v.near_rates.back() > v.best || v.best > 10 * v.lr));
      CHECK(v.near_rates.back() < 31 * v.lr);
      // No two are so near that the slope between them is that of rounding errors.
      const float spacing = v.near_rates[1] - v.near_rates[0];
      for (size_t i = 1; i < v.near_rates.size(); ++i)
        CHECK(v.near_rates[i] - v.near_rates[i - 1] > 0.0009f * spacing);
      // The step itself is measured.
      run.phases(4);
      CHECK(loss_at_weights(run.trainer) == approx(loss_after(v, v.lr)).epsilon(1e-4));
    }
  }

  TEST_CASE("the lowest of the measured losses is on the curve of the picture") {
    for (const char* spec : {"model=linear&lr=1", "model=mlp:30&lr=20.8", "model=mlp:30&lr=3"}) {
      CAPTURE(std::string(spec));
      test::SmallRun run(spec);
      for (int steps = 0; steps < 4; ++steps, run.phases(5)) {
        const Valley v = measure_valley(run.trainer);
        float lowest = v.loss;
        for (const float loss : v.losses) lowest = std::min(lowest, loss);
        for (const float loss : v.near_losses) lowest = std::min(lowest, loss);
        if (!(v.best > 0)) continue;
        CHECK(loss_after(v, v.best) == lowest);
        if (v.best < v.near_rates.back()) CHECK(std::ranges::count(v.near_rates, v.best) == 1);
      }
    }
  }

  TEST_CASE("a rate is judged by what its step does to the loss") {
    const Valley v = bowl();
    CHECK(judge_rate(v, 0.00001f) == RateVerdict::too_small);
    CHECK(judge_rate(v, 0.001f) == RateVerdict::too_small);  // 625 steps to halve the loss
    CHECK(judge_rate(v, 0.01f) == RateVerdict::good);        // 63
    CHECK(judge_rate(v, 0.1f) == RateVerdict::good);
    CHECK(judge_rate(v, 1) == RateVerdict::good);
    CHECK(judge_rate(v, 2) == RateVerdict::good);
    CHECK(judge_rate(v, 3) == RateVerdict::overshoots);  // lower than here, but beyond the bottom
    CHECK(judge_rate(v, 4.1f) == RateVerdict::overshoots);
    CHECK(judge_rate(v, 9) == RateVerdict::diverges);
    CHECK(judge_rate(v, 100) == RateVerdict::diverges);
    CHECK(judge_rate(Valley{}, 0.1f) == RateVerdict::unknown);
    // A run that has climbed with this rate has diverged, whatever its next step does.
    Valley high = v;
    high.lr = 0.1f;
    high.first = 0.2f;
    CHECK(judge_rate(high, 0.1f) == RateVerdict::diverges);
    CHECK(judge_rate(high, 1) == RateVerdict::diverges);
    CHECK(judge_rate(high, 0.05f) == RateVerdict::good);
    CHECK(steps_to_halve(v, 0.001f) == doctest::Approx(625).epsilon(1e-3));
    CHECK(steps_to_halve(v, 9) == 0);
  }

  TEST_CASE("below the measured rates the loss follows the slope; beyond them it stays") {
    Valley v = bowl();
    CHECK(loss_after(v, 0) == 0.5f);
    CHECK(loss_after(v, 0.0005f) == approx(0.4998f));
    CHECK(loss_after(v, 0.1f) == approx(0.46f));
    CHECK(loss_after(v, 50) == 5);
    v.losses.back() = std::numeric_limits<float>::infinity();
    CHECK(std::isinf(loss_after(v, 50)));
  }

  TEST_CASE("rates that are far too small and far too large are named in every model") {
    for (const char* spec :
         {"model=linear&loss=mnist", "model=linear&loss=bce", "model=mlp:8&loss=mnist",
          "model=mlp:8&loss=crossentropy", "model=mlp:8&loss=bce&optimizer=adam&lr=0.001"}) {
      CAPTURE(std::string(spec));
      test::SmallRun run(spec);
      run.phases(5 * 4);
      const Valley v = measure_valley(run.trainer);
      CHECK(judge_rate(v, 1e-5f) == RateVerdict::too_small);
      CHECK(judge_rate(v, v.best) == RateVerdict::good);
      CHECK(judge_rate(v, 100) != RateVerdict::too_small);
    }
  }

  TEST_CASE("a rate whose first step lands well overshoots if the next ones lose what it has won") {
    const DigitData mnist = test::load_mnist37();
    const std::string net = "model=mlp:30&loss=mnist&batch=256&seed=1&lr=";
    test::SmallRun run(net + "27.7", mnist);
    const Valley v = measure_valley(run.trainer);
    CHECK(v.ahead_lr == 27.7f);
    REQUIRE(v.ahead.size() == kStepsAhead);
    CHECK(v.ahead[0] == approx(v.loss));
    CHECK(v.ahead[1] < 0.2f * v.loss);
    CHECK(v.ahead[2] > v.loss);
    CHECK(judge_rate(v, 27.7f) == RateVerdict::overshoots);
    CHECK(judge_rate(v, 40) == RateVerdict::overshoots);
    CHECK(judge_rate(v, 20) == RateVerdict::good);  // not looked at: the dial is at 27.7
    // The run itself does what was foretold: the gradient is lost.
    run.phases(5 * 4);
    CHECK(judge_rate(measure_valley(run.trainer), 27.7f) == RateVerdict::unknown);
    CHECK(run.trainer.train_loss() > 0.9f * v.loss);
    // Each as the run itself does: 3 to 5 swing and learn, from 20 on all is lost.
    struct Case {
      const char* lr;
      RateVerdict verdict;
    };
    for (const Case& c : {Case{"1", RateVerdict::good}, Case{"3", RateVerdict::good},
                          Case{"5", RateVerdict::good}, Case{"20", RateVerdict::overshoots},
                          Case{"60", RateVerdict::overshoots}}) {
      CAPTURE(std::string(c.lr));
      test::SmallRun other(net + c.lr, mnist);
      const Valley here = measure_valley(other.trainer);
      CHECK(judge_rate(here, here.ahead_lr) == c.verdict);
      other.phases(5 * 40);
      CHECK((other.trainer.train_loss() > 0.9f * here.loss) == (c.verdict != RateVerdict::good));
    }
  }

  TEST_CASE("the steps ahead are those that the run then makes, to the bit") {
    for (const char* spec : test::kManyKinds) {
      CAPTURE(std::string(spec));
      test::SmallRun run(spec);
      run.phases(5 * 2);
      const Valley v = measure_valley(run.trainer);
      REQUIRE(v.ahead.size() == kStepsAhead);
      for (const float loss : v.ahead) {
        run.phases(2);
        CHECK(loss == run.trainer.train_loss());
        run.phases(3);
      }
    }
    test::SmallRun in_order("model=mlp:8&shuffle=false");
    CHECK(measure_valley(in_order.trainer).ahead.empty());
    test::SmallRun whole("model=mlp:8&shuffle=false&batch=120");
    CHECK(measure_valley(whole.trainer).ahead.size() == kStepsAhead);
  }

  TEST_CASE("a rate with which a run learns is good at nearly every look") {
    const DigitData mnist = test::load_mnist37();
    for (const char* spec : {"model=mlp:30&loss=mnist&lr=1", "model=linear&loss=mnist&lr=1",
                             "model=mlp:30&loss=bce&optimizer=momentum&momentum=0.9&lr=0.01",
                             "model=mlp:30&loss=bce&optimizer=adam&lr=0.001"}) {
      CAPTURE(std::string(spec));
      test::SmallRun run(std::string(spec) + "&batch=256&seed=1", mnist);
      int good = 0;
      for (int look = 0; look < 10; ++look) {
        run.phases(5 * 5);
        const float lr = run.trainer.rates().lr;
        good += judge_rate(measure_valley(run.trainer), lr) == RateVerdict::good ? 1 : 0;
      }
      CHECK(good >= 9);
    }
  }

  TEST_CASE("measuring leaves the run untouched") {
    test::for_every_kind([](test::SmallRun& run, const auto& untouched) {
      measure_valley(run.trainer);
      CHECK(untouched());
    });
  }
}
