// Losses over independent outputs: each is the mean of `count` terms, summed as in reduce.hpp. A
// forward function also writes the terms, so that they can be shown. Gradients are scaled by
// `dloss`, the upstream gradient of the loss. These functions know no model.
#pragma once

#include <cstddef>

namespace downhill::kernels {

// fastai's book, chapter 4: p = sigmoid(x); term = target == 1 ? 1 - p : p.   p: [count],
// saved for the backward pass.
float mnist_loss_forward(float* terms, float* p, const float* x, const float* target, size_t count);
// dx += dloss/count · (target == 1 ? -1 : 1)·p·(1 - p)
void mnist_loss_backward(float* dx, const float* p, const float* target, float dloss, size_t count);

// The same for probabilities: term = target == 1 ? 1 - p : p.
float mnist_loss_of_probabilities_forward(float* terms, const float* p, const float* target,
                                          size_t count);
// dp += dloss/count · (target == 1 ? -1 : 1)
void mnist_loss_of_probabilities_backward(float* dp, const float* target, float dloss,
                                          size_t count);

// term = (x < 0 ? -t : 1 - t)·x + log(1 + e^-|x|), which is -t·log(p) - (1 - t)·log(1 - p) for
// p = sigmoid(x). Nothing cancels, whatever the target in [0, 1]; 0·∞ is NaN.
float bce_with_logits_forward(float* terms, const float* x, const float* target, size_t count);
// dx += dloss/count · (sigmoid(x) - t);  dt += dloss/count · -x. Either may be null.
void bce_with_logits_backward(float* dx, float* dt, const float* x, const float* target,
                              float dloss, size_t count);

// term = (x - t)²
float mse_forward(float* terms, const float* x, const float* target, size_t count);
// dx += dloss/count · 2·(x - t);  dt += the negative of it. Either may be null.
void mse_backward(float* dx, float* dt, const float* x, const float* target, float dloss,
                  size_t count);

// term = |x - t|
float l1_loss_forward(float* terms, const float* x, const float* target, size_t count);
// dx += dloss/count · sign(x - t), 0 where they are equal;  dt += the negative of it. Either may be
// null.
void l1_loss_backward(float* dx, float* dt, const float* x, const float* target, float dloss,
                      size_t count);

}  // namespace downhill::kernels
