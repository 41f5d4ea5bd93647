// The linear piece each number of a network is on: which ReLUs are open, which pixels win their max
// pools. Kept from one forward pass and used in others, the pieces continue as if there were no
// kinks, so that second derivatives can be taken by differences. A second derivative in PyTorch's
// autograd means the same: at every point it is that of the smooth piece the point is on.
#pragma once

#include <cstddef>
#include <vector>

#include "autograd/ops.hpp"
#include "autograd/tape.hpp"
#include "base/arena.hpp"
#include "nn/choices/activations.hpp"

namespace downhill {

// Every function used here is piecewise linear with f(0) = 0: it scales each number by a factor
// that changes at the kinks. The factors are the gradient of Σ f(x).
class Kinks {
 public:
  // After keep() a forward pass finds the factors; after use() every forward pass uses them again.
  // Layers must ask in the same order.
  void keep();
  void use();

  // Precondition: the activation is `kinked`.
  Var activate(ActivationKind kind, Var x);
  // Overlapping or padded windows may share a pixel; their winners are not kept and may change.
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
