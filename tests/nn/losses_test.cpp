#include "nn/losses.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cmath>

#include "autograd/ops.hpp"
#include "autograd/tape.hpp"

using namespace downhill;

namespace {
constexpr std::array<LossKind, 3> kAll = {LossKind::mnist, LossKind::bce, LossKind::mse};
constexpr std::array<float, 5> kOutputs = {-3.0f, -0.25f, 0.0f, 0.75f, 6.0f};
constexpr std::array<float, 5> kTargets = {0, 1, 0, 1, 0};
}  // namespace

TEST_SUITE("losses") {
  TEST_CASE("the mean of the images' own parts is the loss") {
    for (LossKind kind : kAll) {
      CAPTURE(kLossNames[static_cast<size_t>(kind)]);
      const Loss& loss = loss_table(kind);
      Arena arena;
      Tape tape(arena);
      const Var y = loss.of(tape.variable(Shape{5}, kOutputs), tape.variable(Shape{5}, kTargets));
      REQUIRE(y.valid());
      double mean = 0;
      for (size_t i = 0; i < 5; ++i) {
        mean += static_cast<double>(loss.item(kOutputs[i], kTargets[i])) / 5;
      }
      CHECK(static_cast<double>(y.item()) == doctest::Approx(mean).epsilon(1e-6));
    }
  }

  TEST_CASE("parts and scores are their formulas, in double precision") {
    for (size_t i = 0; i < 5; ++i) {
      const double x = static_cast<double>(kOutputs[i]), t = static_cast<double>(kTargets[i]);
      const double p = 1 / (1 + std::exp(-x));
      const auto item = [&](LossKind kind) {
        return static_cast<double>(loss_table(kind).item(kOutputs[i], kTargets[i]));
      };
      CHECK(item(LossKind::mnist) == doctest::Approx(t == 1 ? 1 - p : p).epsilon(1e-6));
      CHECK(item(LossKind::bce) ==
            doctest::Approx(-(t * std::log(p) + (1 - t) * std::log(1 - p))).epsilon(1e-6));
      CHECK(item(LossKind::mse) == doctest::Approx((x - t) * (x - t)).epsilon(1e-6));
      CHECK(static_cast<double>(loss_table(LossKind::mnist).score(kOutputs[i])) ==
            doctest::Approx(p).epsilon(1e-6));
      CHECK(loss_table(LossKind::mse).score(kOutputs[i]) == kOutputs[i]);
    }
  }

  TEST_CASE("an answer is right when its score is on the target's side of one half") {
    CHECK(count_correct(loss_table(LossKind::mnist), kOutputs, kTargets) == 3);
    // Without a sigmoid the border is one half of the output itself; -0.25 is still wrong, 0 and
    // 0.75 right.
    CHECK(count_correct(loss_table(LossKind::mse), kOutputs, kTargets) == 3);
    constexpr std::array<float, 1> kBorder = {0.0f}, kThree = {1.0f}, kSeven = {0.0f};
    CHECK(count_correct(loss_table(LossKind::bce), kBorder, kThree) == 0);
    CHECK(count_correct(loss_table(LossKind::bce), kBorder, kSeven) == 1);
  }

  TEST_CASE("an output that is not a number is never a 3") {
    const std::array<float, 1> nan = {NAN}, three = {1.0f};
    for (LossKind kind : kAll) CHECK(count_correct(loss_table(kind), nan, three) == 0);
  }
}
