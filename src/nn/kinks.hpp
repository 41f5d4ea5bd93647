// Where every number stands between the kinks of a network: which ReLUs are open, which pixels win
// their max pools. Kept in one forward and used in others, they make the network between the kinks
// go on as if there were none, so that second derivatives can be taken by differences. torch's
// autograd means the same by a second derivative: at every point that of the smooth piece it is on.
#pragma once

#include <cstddef>
#include <vector>

#include "autograd/ops.hpp"
#include "autograd/tape.hpp"
#include "base/arena.hpp"

namespace downhill {

// Every function that is used here only scales each number by a factor that changes at the kinks: f
// is piecewise linear with f(0) = 0. The factors are the gradient of Σ f(x).
class Kinks {
 public:
  // The forward that follows finds the factors, each one behind it uses them again. Layers must ask
  // in the same order.
  void keep();
  void use();

  // relu, and with a slope leaky_relu.
  Var relu(Var x, float slope = 0.0f);
  // Windows that overlap or have padding may give one pixel to several windows: their winners are
  // not kept, and may change.
  Var max_pool2d(Var x, Pool2dOptions options);

 private:
  template <class F>
  Var scaled(Var x, F f);

  std::vector<std::vector<float>> factors_;
  size_t next_ = 0;
  bool keeping_ = true;
  Arena arena_;
  Tape tape_{arena_};
};

}  // namespace downhill
