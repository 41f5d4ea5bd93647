#include "train/health.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <limits>

using namespace downhill;

namespace {

struct Run {
  Recorder recorder;
  HealthWatch watch;
  explicit Run(uint32_t window, float lr = 0.1f) {
    recorder.begin(1000, 10, lr, {}, 0);
    watch.begin(window);
  }
  // Feeds steps until trouble or the end. Returns how many.
  uint32_t feed(uint32_t count, const std::function<float(uint32_t)>& loss, float norm = 1.0f) {
    for (uint32_t i = 0; i < count; ++i) {
      const auto step = static_cast<uint32_t>(recorder.steps().size()) + 1;
      recorder.record_step({step, loss(step), norm, recorder.lr_at(step), 0.9f});
      if (watch.look(recorder).health != Health::fine) return i + 1;
    }
    return count;
  }
};

}  // namespace

TEST_SUITE("health") {
  TEST_CASE("a falling, noisy loss is fine") {
    Run run(8);
    run.feed(400, [](uint32_t s) {
      return 0.5f / (1 + 0.01f * static_cast<float>(s)) * (s % 2 == 0 ? 1.4f : 0.6f);
    });
    CHECK(run.watch.trouble().health == Health::fine);
    CHECK(run.watch.trouble().diagnosis.empty());
  }

  TEST_CASE("an epoch in file order, all 3s then all 7s, raises no false alarm") {
    Run run(49);  // the window of an unshuffled run is the epoch
    run.feed(49 * 8, [](uint32_t s) { return s % 49 < 25 ? 0.02f : 0.93f; });
    CHECK(run.watch.trouble().health == Health::fine);
  }

  TEST_CASE(
      "a loss that grows beyond ten times its beginning has diverged; the way back is the start") {
    Run run(8, 3.0f);
    run.feed(200, [](uint32_t s) { return 0.5f * std::pow(1.2f, static_cast<float>(s)); });
    const Trouble& trouble = run.watch.trouble();
    CHECK(trouble.health == Health::diverged);
    CHECK(trouble.good_step == 0);
    CHECK(trouble.diagnosis.find("learning rate of 3") != std::string::npos);
  }

  TEST_CASE("after the rate was raised by hand the way back is the step before that") {
    Run run(8);
    run.feed(40, [](uint32_t s) { return 0.5f / static_cast<float>(s); });
    run.recorder.record_lr(41, 50.0f);
    run.feed(100, [](uint32_t s) { return 1e-3f * std::pow(2.0f, static_cast<float>(s - 40)); });
    CHECK(run.watch.trouble().health == Health::diverged);
    CHECK(run.watch.trouble().good_step == 40);
  }

  TEST_CASE("a bounded loss that falls and climbs back to where it began has diverged") {
    Run run(8);
    run.feed(80, [](uint32_t) { return 0.1f; });
    CHECK(run.watch.trouble().health == Health::fine);
    Run lost(8);
    lost.feed(16, [](uint32_t) { return 0.5f; });
    lost.feed(40, [](uint32_t) { return 0.05f; });
    lost.feed(40, [](uint32_t) { return 0.49f; });
    CHECK(lost.watch.trouble().health == Health::diverged);
    CHECK(lost.watch.trouble().good_step >= 16);
    CHECK(lost.watch.trouble().good_step <= 56);
  }

  TEST_CASE("a vanished gradient with a bad loss is saturation, with a good loss it is success") {
    Run stuck(8);
    CHECK(stuck.feed(
              20, [](uint32_t) { return 0.5f; }, 0.0f) == 3);
    CHECK(stuck.watch.trouble().health == Health::saturated);
    Run done(8);
    done.feed(
        20, [](uint32_t) { return 0.001f; }, 0.0f);
    CHECK(done.watch.trouble().health == Health::fine);
  }

  TEST_CASE("a gradient that is all but gone is saturation where nothing was learned") {
    Run run(8, 27.7f);
    run.feed(1, [](uint32_t) { return 0.5f; }, 0.2f);
    run.feed(1, [](uint32_t) { return 0.07f; }, 0.1f);
    CHECK(run.feed(20, [](uint32_t) { return 0.51f; }, 2.5e-7f) == 3);
    const Trouble& trouble = run.watch.trouble();
    CHECK(trouble.health == Health::saturated);
    CHECK(trouble.lr == 27.7f);
    CHECK(trouble.diagnosis.find("learning rate of 27.7 was too large") != std::string::npos);
    Run learned(8);  // the loss is far below the first one
    learned.feed(1, [](uint32_t) { return 5.0f; }, 0.2f);
    learned.feed(20, [](uint32_t) { return 0.3f; }, 2.5e-7f);
    CHECK(learned.watch.trouble().health == Health::fine);
  }

  TEST_CASE("the rate to blame is that of the last step that moved, whatever the dial says since") {
    Run run(8);
    run.feed(40, [](uint32_t) { return 0.5f; });
    run.recorder.record_lr(41, 82.8f);
    run.feed(1, [](uint32_t) { return 0.5f; });
    run.recorder.record_lr(42, 0.1f);
    run.feed(5, [](uint32_t) { return 0.5f; }, 0.0f);
    CHECK(run.watch.trouble().lr == 82.8f);
    CHECK(run.watch.trouble().good_step == 40);
  }

  TEST_CASE("a loss that is not finite says whether it is infinite or not a number") {
    Run run(8);
    run.feed(3, [](uint32_t) { return 1.0f; });
    const float infinity = std::numeric_limits<float>::infinity();
    CHECK(run.watch.not_finite(run.recorder, infinity, 9.0f).diagnosis.find("infinite") !=
          std::string::npos);
    Run other(8);
    other.feed(3, [](uint32_t) { return 1.0f; });
    CHECK(other.watch.not_finite(other.recorder, NAN, 9.0f).diagnosis.find("not a number") !=
          std::string::npos);
    CHECK(other.watch.trouble().health == Health::diverged);
  }

  TEST_CASE("the diagnosis names the gradient, and what no step has brought") {
    Run run(8, 0.5f);
    CHECK(run.watch.not_finite(run.recorder, std::numeric_limits<float>::infinity(), 0.5f)
              .diagnosis ==
          "The loss is infinite before the first step: the initial weights give outputs that a "
          "float cannot hold.");
    Run huge(8, 0.5f);
    huge.feed(
        1, [](uint32_t) { return 1e20f; }, 2.5347e25f);
    CHECK(huge.watch.not_finite(huge.recorder, NAN, 0.5f).diagnosis ==
          "The loss is not a number: the last gradient had a norm of 2.53e25, and at a learning "
          "rate of 0.5 the weights have grown without bound.");
    CHECK(huge.watch.weight_not_finite(huge.recorder, "linear1.weight", true, 0.5f).diagnosis ==
          "A number in linear1.weight is not finite, and was not before the last step either.");
    CHECK(huge.watch.weight_not_finite(huge.recorder, "linear1.weight", false, 0.5f).diagnosis ==
          "A number in linear1.weight is not finite: the last gradient had a norm of 2.53e25, "
          "and at a learning rate of 0.5 the weights have grown without bound.");
  }

  TEST_CASE("going back ends the trouble, and the same future brings it again") {
    Run run(8);
    const auto loss = [](uint32_t s) { return 0.5f * std::pow(1.2f, static_cast<float>(s)); };
    const uint32_t first = run.feed(200, loss);
    run.recorder.rewind(5, 5, 5);
    run.watch.rewind(run.recorder);
    CHECK(run.watch.trouble().health == Health::fine);
    CHECK(run.feed(200, loss) + 5 == first);
  }
}
