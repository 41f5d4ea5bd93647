#include "kernels/reductions/loss.hpp"

#include "kernels/elementwise/unary.hpp"
#include "kernels/reductions/reduce.hpp"

namespace downhill::kernels {
namespace {

using simd::f32x4;

f32x4 one() { return f32x4::splat(1.0f); }
// -1 where the target is 1, else 1.
f32x4 sign(f32x4 target) { return select(target == one(), -one(), one()); }

float mean(const float* terms, size_t count) {
  return sum(terms, count) / static_cast<float>(count);
}
f32x4 share(float dloss, size_t count) { return f32x4::splat(dloss / static_cast<float>(count)); }

}  // namespace

float mnist_loss_forward(float* terms, float* p, const float* x, const float* target,
                         size_t count) {
  map_forward<Sigmoid>(p, x, count);
  return mnist_loss_of_probabilities_forward(terms, p, target, count);
}

void mnist_loss_backward(float* dx, const float* p, const float* target, float dloss,
                         size_t count) {
  for_each_vector(count, [=](size_t i, unsigned lanes) {
    const f32x4 y = load(p + i, lanes);
    const f32x4 dp = share(dloss, count) * sign(load(target + i, lanes));
    store(dx + i, load(dx + i, lanes) + dp * Sigmoid::slope(y, y), lanes);
  });
}

float mnist_loss_of_probabilities_forward(float* terms, const float* p, const float* target,
                                          size_t count) {
  for_each_vector(count, [=](size_t i, unsigned lanes) {
    const f32x4 y = load(p + i, lanes);
    store(terms + i, select(load(target + i, lanes) == one(), one() - y, y), lanes);
  });
  return mean(terms, count);
}

void mnist_loss_of_probabilities_backward(float* dp, const float* target, float dloss,
                                          size_t count) {
  for_each_vector(count, [=](size_t i, unsigned lanes) {
    store(dp + i, load(dp + i, lanes) + share(dloss, count) * sign(load(target + i, lanes)), lanes);
  });
}

float bce_with_logits_forward(float* terms, const float* x, const float* target, size_t count) {
  for_each_vector(count, [=](size_t i, unsigned lanes) {
    const f32x4 v = load(x + i, lanes), t = load(target + i, lanes);
    const f32x4 log_part = simd::log1p_unit(simd::exp(-abs(v)));
    const f32x4 factor = select(v < f32x4::zero(), -t, one() - t);
    // An infinite score of the wrong sign is NaN, as in PyTorch; the last term is 0 otherwise.
    const f32x4 below = f32x4::zero() * select(v < f32x4::zero(), v, f32x4::zero());
    store(terms + i, factor * v + log_part + below, lanes);
  });
  return mean(terms, count);
}

void bce_with_logits_backward(float* dx, float* dt, const float* x, const float* target,
                              float dloss, size_t count) {
  const f32x4 part = share(dloss, count);
  for_each_vector(count, [=](size_t i, unsigned lanes) {
    const f32x4 v = load(x + i, lanes), t = load(target + i, lanes);
    if (dx != nullptr) {
      store(dx + i, load(dx + i, lanes) + part * (simd::sigmoid(v) - t), lanes);
    }
    if (dt != nullptr) store(dt + i, load(dt + i, lanes) - part * v, lanes);
  });
}

float mse_forward(float* terms, const float* x, const float* target, size_t count) {
  for_each_vector(count, [=](size_t i, unsigned lanes) {
    const f32x4 error = load(x + i, lanes) - load(target + i, lanes);
    store(terms + i, error * error, lanes);
  });
  return mean(terms, count);
}

void mse_backward(float* dx, float* dt, const float* x, const float* target, float dloss,
                  size_t count) {
  const f32x4 part = share(2.0f * dloss, count);
  for_each_vector(count, [=](size_t i, unsigned lanes) {
    const f32x4 grad = part * (load(x + i, lanes) - load(target + i, lanes));
    if (dx != nullptr) store(dx + i, load(dx + i, lanes) + grad, lanes);
    if (dt != nullptr) store(dt + i, load(dt + i, lanes) - grad, lanes);
  });
}

float l1_loss_forward(float* terms, const float* x, const float* target, size_t count) {
  for_each_vector(count, [=](size_t i, unsigned lanes) {
    store(terms + i, abs(load(x + i, lanes) - load(target + i, lanes)), lanes);
  });
  return mean(terms, count);
}

void l1_loss_backward(float* dx, float* dt, const float* x, const float* target, float dloss,
                      size_t count) {
  const f32x4 part = share(dloss, count);
  for_each_vector(count, [=](size_t i, unsigned lanes) {
    const f32x4 error = load(x + i, lanes) - load(target + i, lanes);
    const f32x4 grad = part * Abs::slope(error, error);
    if (dx != nullptr) store(dx + i, load(dx + i, lanes) + grad, lanes);
    if (dt != nullptr) store(dt + i, load(dt + i, lanes) - grad, lanes);
  });
}

}  // namespace downhill::kernels
