#include "ui/lr_scale.hpp"

#include <doctest/doctest.h>

#include <cmath>

#include "ui/panels/lr_dial.hpp"

namespace downhill::ui {

TEST_CASE("Every decade takes the same share of the dial") {
  CHECK(lr_to_position(kMinLr) == doctest::Approx(0));
  CHECK(lr_to_position(kMaxLr) == doctest::Approx(1));
  for (int decade = -5; decade < 2; ++decade) {
    const float low = lr_to_position(std::pow(10.0f, static_cast<float>(decade)));
    const float high = lr_to_position(std::pow(10.0f, static_cast<float>(decade + 1)));
    CHECK(high - low == doctest::Approx(1.0 / 7));
  }
  CHECK(lr_to_position(1e-9f) == 0);
  CHECK(lr_to_position(1e9f) == 1);
  CHECK(lr_to_position(std::nanf("")) == 0);
}

TEST_CASE("A rate converts to its position and back to three digits") {
  for (const float lr :
       {1e-5f, 2.5e-5f, 1e-4f, 0.003f, 0.0316f, 0.1f, 0.5f, 1.0f, 3.16f, 10.0f, 99.9f, 100.0f}) {
    CHECK(position_to_lr(lr_to_position(lr)) == doctest::Approx(lr).epsilon(1e-6));
  }
  for (int i = 0; i <= 200; ++i) {
    const float position = static_cast<float>(i) / 200;
    CHECK(std::abs(lr_to_position(position_to_lr(position)) - position) < 0.001f);
  }
}

TEST_CASE("Every rate that the dial can give is valid in a spec") {
  for (int i = -10; i <= 1010; ++i) {
    const float lr = position_to_lr(static_cast<float>(i) / 1000);
    CHECK(lr >= kMinLr);
    CHECK(lr <= kMaxLr);
    CHECK(tidy_lr(lr) == lr);
  }
  CHECK(shift_lr(0.1f, 1) == doctest::Approx(1));
  CHECK(shift_lr(100, 1) == 100);
}

TEST_CASE("Angle and position convert both ways; in the gap the nearer end holds") {
  for (int i = 0; i <= 100; ++i) {
    const float position = static_cast<float>(i) / 100;
    const float angle = LrDial::angle_of(position);
    CHECK(LrDial::position_of({std::cos(angle), std::sin(angle)}) ==
          doctest::Approx(position).epsilon(1e-4));
  }
  CHECK(LrDial::position_of({0, -1}) == doctest::Approx(0.5));
  CHECK(LrDial::position_of({0.1f, 1}) == 1);
  CHECK(LrDial::position_of({-0.1f, 1}) == 0);
}

}  // namespace downhill::ui
