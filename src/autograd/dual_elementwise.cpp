// Functions of one number, and losses, as Duals: beside the derivative f' of each stands its second
// derivative.
#include "autograd/dual.hpp"
#include "autograd/dual_unary.hpp"
#include "simd/math.hpp"

namespace downhill {
namespace {

using V = simd::f32x4;

V splat(float x) { return V::splat(x); }

constexpr auto zero = [](V, V) { return V::zero(); };

}  // namespace

// --- Activations: f'; f''

Dual relu(Dual x) {
  return dual_unary(
      x, relu(x.primal), [](V v, V) { return select(v > V::zero(), splat(1), V::zero()); }, zero);
}

Dual leaky_relu(Dual x, float slope) {
  return dual_unary(
      x, leaky_relu(x.primal, slope),
      [=](V v, V) { return select(v > V::zero(), splat(1), splat(slope)); }, zero);
}

Dual sigmoid(Dual x) {
  return dual_unary(
      x, sigmoid(x.primal), [](V, V y) { return y * (splat(1) - y); },
      [](V, V y) { return y * (splat(1) - y) * (splat(1) - (y + y)); });
}

Dual tanh(Dual x) {
  return dual_unary(
      x, tanh(x.primal), [](V, V y) { return splat(1) - y * y; },
      [](V, V y) { return splat(-2) * y * (splat(1) - y * y); });
}

// f' = Φ(x) + x·φ(x), f'' = (2 - x²)·φ(x)
Dual gelu(Dual x) {
  constexpr auto density = [](V v) {
    return splat(0.398942280401432678f) * simd::exp(splat(-0.5f) * (v * v));
  };
  return dual_unary(
      x, gelu(x.primal),
      [=](V v, V) {
        const V below = splat(0.5f) * (splat(1) + simd::erf(v * splat(0.707106781186547524f)));
        return below + v * density(v);
      },
      [=](V v, V) { return (splat(2) - v * v) * density(v); });
}

// --- Losses

// The mean of (1 - p where the target is 1, else p) moves by the mean of ∓dp.
Var mnist_loss_tangent(Dual x, Var target) {
  if (!x.moves()) return {};
  return mean((1.0f - 2.0f * target) * sigmoid(x).tangent);
}

Var bce_with_logits_tangent(Dual x, Var target) {
  if (!x.moves()) return {};
  return mean((sigmoid(x.primal) - target) * x.tangent);
}

Var mse_tangent(Dual prediction, Var target) {
  if (!prediction.moves()) return {};
  return mean((prediction.primal - target) * prediction.tangent) * 2.0f;
}

// The sign of the difference is a constant: this loss has no second derivative.
Var l1_loss_tangent(Dual prediction, Var target) {
  const Dual difference(prediction.primal - target, prediction.tangent);
  if (!difference.moves()) return {};
  const auto sign = [](V v, V) {
    return select(v > V::zero(), splat(1), select(v < V::zero(), splat(-1), V::zero()));
  };
  return mean(dual_unary(difference, abs(difference.primal), sign, zero).tangent);
}

// The mean over the rows of Σ (softmax - one at the target)·dx
Var softmax_cross_entropy_tangent(Dual logits, Var target) {
  if (!logits.moves()) return {};
  const Shape shape = logits.shape();
  Tape& tape = *logits.tape();
  const std::span<float> right = tape.scratch(shape.size());
  std::ranges::fill(right, 0.0f);
  for (uint32_t i = 0; i < shape[0]; ++i) {
    right[i * shape[1] + static_cast<uint32_t>(target.data()[i])] = 1;
  }
  const Var wrong = softmax(logits.primal) - tape.constant(Tensor{right.data(), shape});
  return sum(wrong * logits.tangent) / static_cast<float>(shape[0]);
}

}  // namespace downhill
