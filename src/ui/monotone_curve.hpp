// A smooth curve through measured points that invents no hills: between two neighbours it lies
// between their values. Monotone piecewise cubic interpolation of Fritsch and Butland, "A Method for
// Constructing Local Monotone Piecewise Cubic Interpolants" (1984).
#pragma once

#include <span>
#include <vector>

namespace downhill::ui {

struct MonotoneCurve {
  static constexpr int kPieces = 8;  // straight ones, between two points

  std::vector<float> xs, ys;

  // `x` ascends, and both are equally long. Beside a value that is not finite the curve is straight.
  void through(std::span<const float> x, std::span<const float> y);

 private:
  std::vector<float> slopes_;
};

}  // namespace downhill::ui
