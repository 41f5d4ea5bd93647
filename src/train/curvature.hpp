// How sharply the loss curves: products of its Hessian with a vector, and by the power method the
// Hessian's largest eigenvalue, the sharpness. The loss is that of the current batch with the
// current weights, in a training pass (batch statistics, the batch's dropout masks). Rows and
// columns of frozen parameters are 0. Between two calls the run is untouched.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "nn/layers.hpp"
#include "train/findings.hpp"

namespace downhill {

class Trainer;

// H·v ≈ (g(w + h·v) - g(w - h·v)) / 2h, from two gradients g. ReLUs and max pools stay on the side
// of their kinks on which they are at w, so this is PyTorch's Hessian. (A difference across kinks
// depends on their number, and the power method would find the direction with the most.)
//
// The step h·|v| is 2^-8. In float32 two errors balance there: the truncation error of a central
// difference, h²/6 times the third derivative, and the rounding of weights and gradients, about
// 6e-8·(|w| + |g|/λ)/h of the product. Compared with half and a quarter of the step, products with
// the first eigenvector differ by 2e-5 … 4e-4 of their norm for weights of norm 3 to 150, the
// eigenvalue by 1e-4, and products with random vectors, which are smaller, by 1e-3.
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
  void gradient_at(std::span<const float> v, float step, std::span<float> grads);

  Trainer& trainer_;
  std::vector<float> weights_, other_;
  Kinks kinks_;
  Pass pass_;
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

  // Does one iteration, which is two gradients. False when it is done: it has converged, has used
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
