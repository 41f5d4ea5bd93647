#include "kernels/reference/update.hpp"

#include <cmath>

namespace downhill::kernels::reference {
namespace {

float gradient(float w, float dw, const Descent& d) {
  const float g = d.scale * dw;
  return d.l2 == 0.0f ? g : g + d.l2 * w;
}

float without_dust(float memory) { return std::abs(memory) < kForgotten ? 0.0f : memory; }

// Sets one weight and adds the square of its change.
void move(Weights w, size_t i, float now, float* moved) {
  const float change = now - w.before[i];
  moved[i % 16] += change * change;
  w.after[i] = now;
}

}  // namespace

void descend_sgd(Weights w, const float* dw, const Descent& d, size_t count, float* moved) {
  for (size_t i = 0; i < count; ++i)
    move(w, i, w.before[i] - d.lr * gradient(w.before[i], dw[i], d), moved);
}

void descend_momentum(Weights w, float* m, const float* dw, const Descent& d, size_t count,
                      float* moved) {
  for (size_t i = 0; i < count; ++i) {
    m[i] = without_dust(d.beta1 * m[i] + gradient(w.before[i], dw[i], d));
    move(w, i, w.before[i] - d.lr * m[i], moved);
  }
}

void descend_nesterov(Weights w, float* m, const float* dw, const Descent& d, size_t count,
                      float* moved) {
  for (size_t i = 0; i < count; ++i) {
    const float g = gradient(w.before[i], dw[i], d);
    m[i] = without_dust(d.beta1 * m[i] + g);
    move(w, i, w.before[i] - d.lr * (g + d.beta1 * m[i]), moved);
  }
}

void descend_rmsprop(Weights w, float* v, const float* dw, const Descent& d, size_t count,
                     float* moved) {
  for (size_t i = 0; i < count; ++i) {
    const float g = gradient(w.before[i], dw[i], d);
    v[i] = without_dust(d.beta2 * v[i] + (1.0f - d.beta2) * (g * g));
    move(w, i, w.before[i] - d.lr * g / (std::sqrt(v[i]) + d.eps), moved);
  }
}

void descend_adam(Weights w, float* m, float* v, const float* dw, const Descent& d, size_t count,
                  float* moved) {
  for (size_t i = 0; i < count; ++i) {
    const float g = gradient(w.before[i], dw[i], d);
    m[i] = without_dust(d.beta1 * m[i] + (1.0f - d.beta1) * g);
    v[i] = without_dust(d.beta2 * v[i] + (1.0f - d.beta2) * (g * g));
    move(w, i, d.keep * w.before[i] - d.lr * m[i] / (std::sqrt(v[i]) * d.unbias2 + d.eps), moved);
  }
}

}  // namespace downhill::kernels::reference
