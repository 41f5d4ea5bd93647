// The operations on Vars. Elementwise ops share ops/elementwise.cpp, where value and derivative
// stand side by side; every other op is a file in ops/, its gradient under its forward. Names,
// shapes, broadcasting and gradients at kinks are PyTorch's. Where shapes do not fit, the result is
// an invalid Var and the tape holds the message. Ops know kernels and the tape, not layers.
//
// The tests read the declarations of this file, one a line, and demand cases for each name
// (tests/autograd/op_names.hpp).
#pragma once

#include <cstdint>

#include "autograd/tape.hpp"
#include "autograd/var.hpp"
#include "base/rng.hpp"

namespace downhill {

// Element by element, broadcast as in PyTorch; the gradient of an operand is summed down to its
// shape.
Var add(Var a, Var b);
Var sub(Var a, Var b);
Var mul(Var a, Var b);
Var div(Var a, Var b);

// Element by element.
Var neg(Var x);
Var square(Var x);
Var pow(Var x, int exponent);  // by repeated multiplication; a negative exponent is the reciprocal
Var exp(Var x);
Var log(Var x);
Var abs(Var x);                              // the derivative at 0 is 0
Var relu(Var x);                             // the derivative at 0 is 0; NaN stays NaN
Var leaky_relu(Var x, float slope = 0.01f);  // x·slope where x <= 0
Var gelu(Var x);                             // x·Φ(x), with erf as PyTorch's default
Var sigmoid(Var x);
Var tanh(Var x);
// a where the condition is not 0, else b; all three broadcast. The condition gets no gradient.
Var where(Var condition, Var a, Var b);

// To one number (rank 0).
Var sum(Var x);
Var mean(Var x);
// Along one axis, counted from 0, which is removed: [2, 3, 4] summed along 1 is [2, 4].
Var sum(Var x, uint32_t axis);
Var mean(Var x, uint32_t axis);

// The same numbers in another shape of the same size; no copy.
Var reshape(Var x, Shape shape);
// The same as [n, everything else]; images [n, h, w, c] in PyTorch's order c, h, w.  x: [n, …]
Var flatten(Var x);
// The transpose of a matrix, copied: [m, n] -> [n, m].
Var transpose(Var x);

// a: [m, k]  b: [k, n]  -> [m, n]
Var matmul(Var a, Var b);

// The ops that take `relu` can apply the ReLU that follows them: y = relu(z) in one pass over
// memory, as fast as y = z, and dy is the gradient of relu(z). Bits and gradients are those of
// relu(op(…)). The tape then has neither z nor its gradient: to see them, record op and relu
// separately.
struct LinearOptions {
  bool relu = false;
};
// x·W + b.  x: [n, in]  W: [in, out]  b: [out]  -> [n, out]
// W has one row per input and one column per unit: fastai's book writes weights so, and the pixels
// of one image row then meet contiguous weights. torch.nn.Linear keeps the transpose. The column
// W[0..in, j] is unit j as an image.
Var linear(Var x, Var w, Var b, LinearOptions options = {});
Var linear(Var x, Var w, LinearOptions options = {});  // without bias

// Images are [n, h, w, c]; y: [n, oh, ow, out], oh = (h + 2·padding - kh)/stride + 1, rounded down.
struct Conv2dOptions {
  uint32_t stride = 1;   // at least 1
  uint32_t padding = 0;  // pixels of 0 on each side
  bool relu = false;
};
// x: [n, h, w, c]  W: [kh, kw, c, out]  b: [out]. Like torch.nn.functional.conv2d this does not
// flip the kernel. PyTorch's W is [out, c, kh, kw].
Var conv2d(Var x, Var w, Var b, Conv2dOptions options = {});
Var conv2d(Var x, Var w, Conv2dOptions options = {});  // without bias

struct Pool2dOptions {
  uint32_t kernel;       // pixels on each side of the window, at least 1
  uint32_t stride = 0;   // 0: the kernel, so that windows touch
  uint32_t padding = 0;  // on each side, at most kernel/2
};
// x: [n, h, w, c] -> [n, oh, ow, c]. The gradient goes to the first of equal maxima. NaN counts as
// the largest of all; padding never wins. The kernel has at most 4096 pixels on each side.
Var max_pool2d(Var x, Pool2dOptions options);
// Divides by kernel² everywhere: padding counts as pixels of 0 (count_include_pad).
Var avg_pool2d(Var x, Pool2dOptions options);

// Probabilities of the scores along the last axis, and their logarithms.
Var softmax(Var x);
Var log_softmax(Var x);

// (x - mean)/sqrt(variance + eps)·gamma + beta, with the mean and the biased variance of each
// channel over the whole batch. In training a channel needs more than one value.
// x: [n, c] or [n, h, w, c]  gamma, beta: [c]
struct BatchNorm {
  // [c], owned by the caller; null: none are kept. Outside training they replace the batch's
  // statistics and are constants: no gradient flows through them.
  float* running_mean = nullptr;
  float* running_var = nullptr;
  float momentum = 0.1f;  // running = 0.9·running + 0.1·batch, with the unbiased variance
  float eps = 1e-5f;
  bool training = true;
  bool update_statistics = true;  // in training; false leaves the running ones alone
  bool relu = false;
};
Var batch_norm(Var x, Var gamma, Var beta, const BatchNorm& options);
// The same with the mean and variance of each row along the last axis.  gamma, beta: [width]
Var layer_norm(Var x, Var gamma, Var beta, float eps = 1e-5f);
// Each element becomes 0 with probability p in [0, 1), the others grow by 1/(1 - p). Element i is
// dropped if the i-th uniform() of the stream is below p.
Var dropout(Var x, float p, Rng rng);

// Losses: the mean over all elements; prediction and target have the same shape. Only
// bce_with_logits, mse and l1_loss give the target a gradient.
// The book's loss on raw outputs: p = sigmoid(x); mean(where(target == 1, 1 - p, p)).
Var mnist_loss(Var x, Var target);
// The same on predictions that are already probabilities (the book's first version of it).
Var mnist_loss_of_probabilities(Var p, Var target);
// Binary cross-entropy of sigmoid(x) in its stable form:
// mean(max(x, 0) - x·t + log(1 + exp(-|x|))).
Var bce_with_logits(Var x, Var target);
// mean((prediction - target)²).
Var mse(Var prediction, Var target);
// mean(|prediction - target|); the derivative is 0 where they are equal.
Var l1_loss(Var prediction, Var target);
// PyTorch's cross_entropy: mean(-log softmax(logits)[target]).  logits: [n, classes]  target: [n],
// each row's class as a whole number; anything else is refused.
Var softmax_cross_entropy(Var logits, Var target);

// Operators. A float operand is a constant of the other operand's tape.
Var operator+(Var a, Var b);
Var operator-(Var a, Var b);
Var operator*(Var a, Var b);
Var operator/(Var a, Var b);
Var operator-(Var x);
Var operator+(Var a, float b);
Var operator-(Var a, float b);
Var operator*(Var a, float b);
Var operator/(Var a, float b);
Var operator+(float a, Var b);
Var operator-(float a, Var b);
Var operator*(float a, Var b);
Var operator/(float a, Var b);
// As in Python, `a += b` gives the name a to a new value; what was a stays on the tape.
Var& operator+=(Var& a, Var b);
Var& operator-=(Var& a, Var b);
Var& operator*=(Var& a, Var b);
Var& operator/=(Var& a, Var b);
Var& operator+=(Var& a, float b);
Var& operator-=(Var& a, float b);
Var& operator*=(Var& a, float b);
Var& operator/=(Var& a, float b);

}  // namespace downhill
