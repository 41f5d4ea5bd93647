#include "kernels/optimizers/update.hpp"

#include "kernels/elementwise/unary.hpp"

namespace downhill::kernels {

using simd::f32x4;

namespace {

// The loop of all optimizers: rule(i, w, g) returns the new weights for old ones and a gradient.
template <class Rule>
void descend(Weights w, const float* dw, const Descent& d, size_t count, float* moved, Rule rule) {
  const f32x4 scale = f32x4::splat(d.scale), l2 = f32x4::splat(d.l2);
  const bool decays = d.l2 != 0.0f;
  f32x4 s[4];
  for (size_t k = 0; k < 4; ++k) s[k] = f32x4::load(moved + 4 * k);
  for (size_t i = 0; i < count; i += 16) {
    for (size_t k = 0; k < 4; ++k) {
      const size_t at = i + 4 * k;
      const f32x4 before = f32x4::load(w.before + at);
      f32x4 g = scale * f32x4::load(dw + at);
      if (decays) g = g + l2 * before;
      const f32x4 after = rule(at, before, g);
      const f32x4 change = after - before;
      s[k] = s[k] + change * change;
      store(w.after + at, after);
    }
  }
  for (size_t k = 0; k < 4; ++k) store(moved + 4 * k, s[k]);
}

// Stores the new value of a moment, or 0 where it is smaller than kForgotten, and returns it.
f32x4 remember(float* memory, f32x4 value) {
  const f32x4 normal = select(abs(value) < f32x4::splat(kForgotten), f32x4::zero(), value);
  store(memory, normal);
  return normal;
}

}  // namespace

void descend_sgd(Weights w, const float* dw, const Descent& d, size_t count, float* moved) {
  const f32x4 lr = f32x4::splat(d.lr);
  descend(w, dw, d, count, moved, [=](size_t, f32x4 before, f32x4 g) { return before - lr * g; });
}

void descend_momentum(Weights w, float* m, const float* dw, const Descent& d, size_t count,
                      float* moved) {
  const f32x4 lr = f32x4::splat(d.lr), mu = f32x4::splat(d.beta1);
  descend(w, dw, d, count, moved, [=](size_t i, f32x4 before, f32x4 g) {
    return before - lr * remember(m + i, mu * f32x4::load(m + i) + g);
  });
}

void descend_nesterov(Weights w, float* m, const float* dw, const Descent& d, size_t count,
                      float* moved) {
  const f32x4 lr = f32x4::splat(d.lr), mu = f32x4::splat(d.beta1);
  descend(w, dw, d, count, moved, [=](size_t i, f32x4 before, f32x4 g) {
    return before - lr * (g + mu * remember(m + i, mu * f32x4::load(m + i) + g));
  });
}

void descend_rmsprop(Weights w, float* v, const float* dw, const Descent& d, size_t count,
                     float* moved) {
  const f32x4 lr = f32x4::splat(d.lr), eps = f32x4::splat(d.eps);
  const f32x4 beta2 = f32x4::splat(d.beta2), new2 = f32x4::splat(1.0f - d.beta2);
  descend(w, dw, d, count, moved, [=](size_t i, f32x4 before, f32x4 g) {
    const f32x4 square = remember(v + i, beta2 * f32x4::load(v + i) + new2 * (g * g));
    return before - lr * g / (sqrt(square) + eps);
  });
}

void descend_adam(Weights w, float* m, float* v, const float* dw, const Descent& d, size_t count,
                  float* moved) {
  const f32x4 lr = f32x4::splat(d.lr), eps = f32x4::splat(d.eps), keep = f32x4::splat(d.keep);
  const f32x4 beta1 = f32x4::splat(d.beta1), new1 = f32x4::splat(1.0f - d.beta1);
  const f32x4 beta2 = f32x4::splat(d.beta2), new2 = f32x4::splat(1.0f - d.beta2);
  const f32x4 unbias2 = f32x4::splat(d.unbias2);
  descend(w, dw, d, count, moved, [=](size_t i, f32x4 before, f32x4 g) {
    const f32x4 mean = remember(m + i, beta1 * f32x4::load(m + i) + new1 * g);
    const f32x4 square = remember(v + i, beta2 * f32x4::load(v + i) + new2 * (g * g));
    return keep * before - lr * mean / (sqrt(square) * unbias2 + eps);
  });
}

void add_scalar(float* y, float value, size_t count) {
  for_each_vector(count, [=](size_t i, unsigned lanes) {
    store(y + i, load(y + i, lanes) + f32x4::splat(value), lanes);
  });
}

void add_to(float* y, const float* x, size_t count) {
  for_each_vector(count, [=](size_t i, unsigned lanes) {
    store(y + i, load(y + i, lanes) + load(x + i, lanes), lanes);
  });
}

void scale_add(float* y, const float* x, float factor, size_t count) {
  const f32x4 f = f32x4::splat(factor);
  for_each_vector(count, [=](size_t i, unsigned lanes) {
    store(y + i, load(y + i, lanes) + f * load(x + i, lanes), lanes);
  });
}

void multiply(float* y, const float* x, const float* factor, size_t count) {
  for_each_vector(count, [=](size_t i, unsigned lanes) {
    store(y + i, load(x + i, lanes) * load(factor + i, lanes), lanes);
  });
}

void multiply_add(float* y, const float* x, const float* factor, size_t count) {
  for_each_vector(count, [=](size_t i, unsigned lanes) {
    store(y + i, load(y + i, lanes) + load(x + i, lanes) * load(factor + i, lanes), lanes);
  });
}

void transpose(float* out, const float* in, size_t rows, size_t columns) {
  for (size_t column = 0; column < columns; ++column) {
    for (size_t row = 0; row < rows; ++row) out[column * rows + row] = in[row * columns + column];
  }
}

void add_transposed(float* out, const float* in, size_t rows, size_t columns) {
  for (size_t column = 0; column < columns; ++column) {
    for (size_t row = 0; row < rows; ++row) out[column * rows + row] += in[row * columns + column];
  }
}

}  // namespace downhill::kernels
