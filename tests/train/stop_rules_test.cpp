#include "train/stop_rules.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <string>
#include <vector>

using namespace downhill;

namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

// One point for each loss, from epoch 0 on.
std::vector<EpochPoint> tests(const std::vector<float>& losses) {
  std::vector<EpochPoint> points;
  for (const float loss : losses) {
    const auto epoch = static_cast<uint32_t>(points.size());
    points.push_back({epoch, epoch * 10, 0.1f, loss, 1 - loss});
  }
  return points;
}

StopWatch watch(const StopSpec& rules, uint32_t epochs = 100) {
  StopWatch stop;
  stop.begin(rules, epochs);
  return stop;
}

}  // namespace

TEST_SUITE("stop rules") {
  TEST_CASE("rules survive their text, in the order of the text") {
    for (const std::string text : {"none", "target:0.98", "patience:5", "time:60",
                                   "target:0.5,patience:3,time:1.5", "target:1,time:86400"}) {
      const auto read = parse_stop(text);
      REQUIRE(read.ok());
      CHECK(print_stop(*read) == text);
    }
    CHECK(*parse_stop("time:60,target:0.98") == StopSpec{0.98f, 0, 60});
    CHECK_FALSE(parse_stop("none,time:60").ok());
    CHECK_FALSE(parse_stop("time:60,").ok());
    CHECK_FALSE(parse_stop("patience:1001").ok());
    CHECK_FALSE(parse_stop("patience:1,patience:1").ok());
    CHECK_FALSE(parse_stop("target:nan").ok());
  }

  TEST_CASE("the limit on epochs applies after the test of an epoch") {
    StopWatch stop = watch({}, 2);
    const auto two = tests({0.5f, 0.4f, 0.3f});
    CHECK(stop.look(tests({0.5f, 0.4f}), true, 0) == StopRule::none);
    CHECK(stop.reason().empty());
    CHECK(stop.look(two, false, 0) == StopRule::none);
    CHECK(stop.look(two, true, 0) == StopRule::epochs);
    CHECK(stop.fired() == StopRule::epochs);
    CHECK(stop.reason() == "All 2 epochs are done.");
    stop.lift(3);
    CHECK(stop.fired() == StopRule::none);
    CHECK(stop.reason().empty());
    CHECK(stop.epoch_limit() == 5);
    CHECK(stop.look(two, true, 0) == StopRule::none);
    StopWatch once = watch({}, 1);
    once.look(tests({0.5f, 0.4f}), true, 0);
    CHECK(once.reason() == "The epoch is done.");
  }

  TEST_CASE("a target that is met exactly is reached; set aside, it does not fire again") {
    StopWatch stop = watch({.target_accuracy = 0.75f});
    CHECK(stop.look(tests({0.5f, 0.26f}), true, 0) == StopRule::none);
    CHECK(stop.look(tests({0.5f, 0.25f}), true, 0) == StopRule::target);
    CHECK(stop.reason() == "The target is reached: 75.0 % of the validation set.");
    stop.lift(10);
    CHECK(stop.epoch_limit() == 100);
    CHECK(stop.look(tests({0.5f, 0.25f}), true, 0) == StopRule::none);
    stop.set_rules({.target_accuracy = 0.75f});
    CHECK(stop.look(tests({0.5f, 0.25f}), true, 0) == StopRule::target);
  }

  TEST_CASE("patience counts epochs since the best loss; an equal one is no better") {
    StopWatch stop = watch({.patience = 2});
    CHECK(stop.look(tests({0.5f, 0.6f}), true, 0) == StopRule::none);
    CHECK(stop.look(tests({0.5f, 0.6f, 0.4f}), true, 0) == StopRule::none);
    CHECK(stop.look(tests({0.5f, 0.6f, 0.4f, 0.4f}), true, 0) == StopRule::none);
    const auto over = tests({0.5f, 0.6f, 0.4f, 0.4f, 0.4f});
    CHECK(stop.look(over, false, 0) == StopRule::none);
    CHECK(stop.look(over, true, 0) == StopRule::patience);
    CHECK(
        stop.reason() ==
        "The validation loss has not improved for 2 epochs: the weights of epoch 2 are put back.");
    stop.lift(1);
    CHECK(stop.look(over, true, 0) == StopRule::none);
  }

  TEST_CASE("time is checked after every batch; the last rule that fires gives the reason") {
    StopWatch stop = watch({.target_accuracy = 0.5f, .seconds = 2}, 1);
    CHECK(stop.look(tests({0.9f}), false, 1.9) == StopRule::none);
    CHECK(stop.look(tests({0.9f}), false, 2.0) == StopRule::time);
    CHECK(stop.reason() == "Out of time: 2 s of training are over.");
    CHECK(stop.look(tests({0.9f, 0.8f}), true, 3) == StopRule::epochs);
    CHECK(stop.look(tests({0.9f, 0.1f}), true, 3) == StopRule::target);
    stop.lift(1);
    CHECK(stop.look(tests({0.9f, 0.1f}), true, 3) == StopRule::epochs);
    stop.lift(1);
    CHECK(stop.look(tests({0.9f, 0.1f}), true, 3) == StopRule::time);
    stop.lift(1);
    CHECK(stop.look(tests({0.9f, 0.1f}), true, 3) == StopRule::none);
  }

  TEST_CASE("the best epoch is the first of equals, and never one whose loss is NaN") {
    CHECK(best_epoch(tests({0.5f})) == 0);
    CHECK(best_epoch(tests({0.5f, 0.4f, 0.4f, 0.6f})) == 1);
    CHECK(best_epoch(tests({0.5f, kNaN, 0.4f, kNaN})) == 2);
    CHECK(best_epoch(tests({kNaN, 0.7f, 0.9f})) == 1);
    CHECK(best_epoch(tests({kNaN, kNaN})) == 0);
    constexpr float kInfinity = std::numeric_limits<float>::infinity();
    CHECK(best_epoch(tests({kNaN, kInfinity, kInfinity})) == 1);
  }
}
