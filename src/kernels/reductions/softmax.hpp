// Softmax of class scores, one row per example: probabilities, their logarithms, and their loss.
// The largest score of a row is subtracted first, so nothing overflows. Sums are those of
// reduce.hpp, over the row. A row with a NaN or +infinity, or with nothing but -infinity, becomes
// NaN, as in PyTorch. These functions know no model.
#pragma once

#include "kernels/reductions/rows.hpp"

namespace downhill::kernels {

// p = e^(x - max) / Σ e^(x - max), row by row. p may be x.
void softmax_forward(float* p, const float* x, Rows rows);
// dx += p·(dp - Σ dp·p)
void softmax_backward(float* dx, const float* p, const float* dp, Rows rows);

// y = (x - max) - log Σ e^(x - max), row by row.
void log_softmax_forward(float* y, const float* x, Rows rows);
// dx += dy - e^y·Σ dy
void log_softmax_backward(float* dx, const float* y, const float* dy, Rows rows);

// The cross-entropy of softmax(x) and one right class t per row:
//   term = log Σ e^(x - max) - (x[t] - max)
// Returns the mean of the terms.   terms: [count], each row's loss   p: [count, width], the
// probabilities, saved for the backward pass   target: [count]
// Precondition: every target is a whole number in [0, width).
float softmax_cross_entropy_forward(float* terms, float* p, const float* x, const float* target,
                                    Rows rows);
// dx += dloss/count · (p - (1 at the right class))
void softmax_cross_entropy_backward(float* dx, const float* p, const float* target, float dloss,
                                    Rows rows);

}  // namespace downhill::kernels
