// How sharply the loss bends: products of its Hessian with a vector, and by the power method the
// Hessian's largest eigenvalue, the sharpness. Of the current batch and the weights as they are, in
// a training pass (batch statistics, the batch's dropout masks). Parameters that are frozen have no
// part in it: their rows and columns are 0. Between two calls everything of the run is as it was.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "nn/layers.hpp"
#include "train/findings.hpp"

namespace downhill {

class Trainer;

// H·v ≈ (g(w + h·v) - g(w - h·v)) / 2h, from two gradients g. ReLUs and max pools stay on the side
// of their kinks on which they are at w, so this is PyTorch's Hessian. (With kinks a difference
// depends on how many of them lie in between, and the power method would look for the most.)
//
// The step h·|v| is 2^-8. In float32 two errors meet there: what a central difference leaves out,
// h²/6 times the third derivative, and the rounding of weights and gradients, about
// 6e-8·(|w| + |g|/λ)/h of the product. Against steps of half and a quarter, products with the first
// eigenvector were found right to 2e-5 … 4e-4 of their norm for weights of norm 3 to 150, the
// eigenvalue to 1e-4; products with random vectors, which are smaller, to 1e-3.
class HessianProduct {
 public:
  // Of the batch and the weights of now: the trainer must outlive it, rest, and not be rebuilt.
  explicit HessianProduct(Trainer& trainer);
  HessianProduct(const HessianProduct&) = delete;
  HessianProduct& operator=(const HessianProduct&) = delete;
  // Both as long as the slab of values.
  void apply(std::span<const float> v, std::span<float> product);

 private:
  void gradient_at(std::span<const float> v, float step, std::span<float> grads);

  Trainer& trainer_;
  std::vector<float> weights_, other_;
  Kinks kinks_;
  Pass pass_;
};

// v = H·v / |H·v| over and over, from a random start (stream: Rng(seed).split("sharpness")), turns
// towards the eigenvector whose eigenvalue is largest in magnitude; v·Hv is its estimate, with its
// sign.
class PowerIteration {
 public:
  static constexpr uint32_t kMaxIterations = 200;
  // It has converged when |Hv - λv| is at most this part of |λ|: some eigenvalue is then as near to
  // λ, and mostly nearer by far, since the error of v·Hv is of the order of the square.
  static constexpr float kTolerance = 0.01f;

  // Takes the memory of a slab and more; only the list of estimates grows later. The trainer must
  // outlive it, rest, and not be rebuilt.
  explicit PowerIteration(Trainer& trainer);

  // One iteration: two gradients. False when there is nothing left to do: it has converged, had all
  // its iterations, or met a number that is not finite.
  bool advance();
  bool done() const { return done_; }
  const Sharpness& result() const { return result_; }
  // Of length 1, or all 0 if nothing learns; laid out like the values. One step further than
  // the last estimate.
  std::span<const float> direction() const { return v_; }

 private:
  HessianProduct hessian_;
  std::vector<float> v_, product_;
  Sharpness result_;
  bool done_ = false;
};

}  // namespace downhill
