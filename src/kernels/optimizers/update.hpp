// Passes over whole arrays of numbers: the steps of the optimizers, and elementwise sums that the
// backward pass uses. These functions know no layers and no schedule.
#pragma once

#include <cstddef>

namespace downhill::kernels {

// A step of an optimizer, by PyTorch's formulas. dw is not changed. Each step begins with
//   g = scale·dw + l2·w        (l2 = 0: w is not read here, so an infinite w makes no NaN)
// where w is read from `before` and the new weight is written to `after`, which may be the same. It
// ends by adding the square of the change to moved[i mod 16], so that sqrt(sum(moved, 16)) equals
// norm() of the whole change, to the bit, however many calls made it.
//
// A moment (m or v) smaller than kForgotten becomes 0. It no longer affects a weight, and decaying
// further it would become subnormal, which some machines compute ten to a hundred times more
// slowly. Precondition: 16 divides count, as it does for slabs of parameters.
struct Descent {
  float lr = 0;       // learning rate; for Adam lr / (1 - beta1^t)
  float scale = 1;    // below 1 where the gradient is clipped
  float l2 = 0;       // weight decay as part of the gradient
  float beta1 = 0;    // the momentum µ
  float beta2 = 0;    // the decay of the mean square
  float eps = 0;      // > 0
  float unbias2 = 1;  // Adam's 1 / sqrt(1 - beta2^t)
  float keep = 1;     // AdamW: 1 - lr·weight decay, multiplies w first
};
inline constexpr float kForgotten = 1e-30f;

struct Weights {
  float* after;
  const float* before;
};

// w -= lr·g
void descend_sgd(Weights w, const float* dw, const Descent&, size_t count, float* moved);
// m = µ·m + g;  w -= lr·m
void descend_momentum(Weights w, float* m, const float* dw, const Descent&, size_t count,
                      float* moved);
// m = µ·m + g;  w -= lr·(g + µ·m)
void descend_nesterov(Weights w, float* m, const float* dw, const Descent&, size_t count,
                      float* moved);
// v = beta2·v + (1 - beta2)·g²;  w -= lr·g / (sqrt(v) + eps)
void descend_rmsprop(Weights w, float* v, const float* dw, const Descent&, size_t count,
                     float* moved);
// m = beta1·m + (1 - beta1)·g;  v = beta2·v + (1 - beta2)·g²
// w = keep·w - lr·m / (sqrt(v)·unbias2 + eps)
void descend_adam(Weights w, float* m, float* v, const float* dw, const Descent&, size_t count,
                  float* moved);

// y += value
void add_scalar(float* y, float value, size_t count);
// y += x
void add_to(float* y, const float* x, size_t count);
// y += factor·x
void scale_add(float* y, const float* x, float factor, size_t count);

// y = x·factor, element by element
void multiply(float* y, const float* x, const float* factor, size_t count);
// y += x·factor, element by element
void multiply_add(float* y, const float* x, const float* factor, size_t count);

// out: [columns, rows] = in: [rows, columns] transposed. A weight matrix [in, out] becomes one row
// for each unit.
void transpose(float* out, const float* in, size_t rows, size_t columns);
// out: [columns, rows] += in: [rows, columns] transposed.
void add_transposed(float* out, const float* in, size_t rows, size_t columns);

}  // namespace downhill::kernels
