#include "ui/monotone_curve.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

using namespace downhill;

TEST_CASE("A monotone curve meets its points and stays between neighbours") {
  const std::array<float, 6> x = {-1, 0, 0.5f, 2, 3, 4}, y = {5, 2, 1, 1.5f, 1.5f, 9};
  ui::MonotoneCurve curve;
  curve.through(x, y);
  REQUIRE(curve.xs.size() == 5 * ui::MonotoneCurve::kPieces + 1);
  CHECK(std::ranges::is_sorted(curve.xs));
  for (size_t i = 0; i < curve.xs.size(); ++i) {
    const size_t piece = std::min<size_t>(i / ui::MonotoneCurve::kPieces, 4);
    CHECK(curve.ys[i] >= std::min(y[piece], y[piece + 1]) - 1e-6f);
    CHECK(curve.ys[i] <= std::max(y[piece], y[piece + 1]) + 1e-6f);
    if (i % ui::MonotoneCurve::kPieces == 0) CHECK(curve.ys[i] == y[i / ui::MonotoneCurve::kPieces]);
  }
}

TEST_CASE("A monotone curve through a straight line is that line; beside infinity it is straight") {
  std::array<float, 4> x = {0, 1, 3, 4}, y = {1, 3, 7, 9};
  ui::MonotoneCurve curve;
  curve.through(x, y);
  for (size_t i = 0; i < curve.xs.size(); ++i)
    CHECK(curve.ys[i] == doctest::Approx(static_cast<double>(1 + 2 * curve.xs[i])).epsilon(1e-5));
  y[3] = std::numeric_limits<float>::infinity();
  curve.through(x, y);
  CHECK(curve.ys[0] == 1);
  CHECK(std::isfinite(curve.ys[2 * ui::MonotoneCurve::kPieces]));
  curve.through({}, {});
  CHECK(curve.xs.empty());
}
