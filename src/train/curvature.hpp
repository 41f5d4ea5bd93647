// How sharply the loss curves: products of its Hessian with a vector, and by the power method the
// Hessian's largest eigenvalue, the sharpness. The loss is that of the current batch with the
// current weights, in a training pass (batch statistics, the batch's dropout masks). Rows and
// columns of frozen parameters are 0. Between two calls the run is untouched.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "autograd/tape.hpp"
#include "base/arena.hpp"
#include "train/findings.hpp"

namespace downhill {

class Trainer;

// H·v, the gradient of the loss's derivative along v (autograd/dual.hpp): PyTorch's double backward,
// exact up to the rounding of floats. At a kink, of a ReLU, a max pool or an absolute value, it is
// that of the smooth piece whose gradient is taken.
//
// One product takes the time of two or three gradients, and at most four times their memory.
class HessianProduct {
 public:
  // Takes the current batch and weights. The trainer must outlive it, and must not advance or be
  // rebuilt meanwhile.
  explicit HessianProduct(Trainer& trainer);
  HessianProduct(const HessianProduct&) = delete;
  HessianProduct& operator=(const HessianProduct&) = delete;
  // Both spans are as long as the slab of values.
  void apply(std::span<const float> v, std::span<float> product);

 private:
  Trainer& trainer_;
  std::vector<float> v_;
  Arena arena_;
  Tape tape_{arena_};
};

// Repeats v = H·v / |H·v| from a random start (stream: Rng(seed).split("sharpness")). v turns
// towards the eigenvector whose eigenvalue has the largest magnitude; v·Hv estimates that
// eigenvalue, with its sign.
class PowerIteration {
 public:
  static constexpr uint32_t kMaxIterations = 200;
  // It has converged when |Hv - λv| is at most this part of |λ|. Some eigenvalue is then at least
  // that near to λ, and mostly much nearer: the error of v·Hv is of the order of the square.
  static constexpr float kTolerance = 0.01f;

  // Allocates as much as some slabs; later only the list of estimates grows. The trainer must
  // outlive it, and must not advance or be rebuilt meanwhile.
  explicit PowerIteration(Trainer& trainer);

  // Does one iteration, which is one product. False when it is done: it has converged, has used
  // all its iterations, or has met a number that is not finite.
  bool advance();
  bool done() const { return done_; }
  const Sharpness& result() const { return result_; }
  // v, of length 1, or all 0 if nothing learns; laid out like the values. One iteration further
  // than the last estimate.
  std::span<const float> direction() const { return v_; }

 private:
  HessianProduct hessian_;
  std::vector<float> v_, product_;
  Sharpness result_;
  bool done_ = false;
};

}  // namespace downhill
