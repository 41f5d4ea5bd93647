// Batch and layer normalisation: x̂ = (x - mean)·scale with scale = 1/sqrt(variance + eps), then y =
// x̂·gamma + beta. Of a batch, mean and variance belong to a column (a channel, over all images and
// places); of a layer to a row. Variances are those of the numbers at hand (divided by n, not n -
// 1), from the deviations in a second pass: subtracting squares of sums would lose them. Sums are
// those of reduce.hpp, down a column by the row's index. Knows no running statistics' owner.
//
// Sources: S. Ioffe, C. Szegedy, "Batch normalization" (ICML 2015); J. Ba, J. Kiros, G. Hinton,
// "Layer normalization" (2016). x̂ is made again on the way back, not kept.
#pragma once

#include "kernels/elementwise/grad_target.hpp"
#include "kernels/reductions/rows.hpp"

namespace downhill::kernels {

// mean, variance: [width], of every column. Precondition: rows.count > 0.
void column_statistics(float* mean, float* variance, const float* x, Rows rows);
// The same of every row: [count]. Precondition: rows.width > 0.
void row_statistics(float* mean, float* variance, const float* x, Rows rows);
// scale = 1/sqrt(variance + eps). They may be the same memory.
void inverse_deviation(float* scale, const float* variance, float eps, size_t count);
// running = (1 - momentum)·running + momentum·(now·factor). Of variances, the factor n/(n - 1)
// makes the unbiased estimate of it.
void update_running(float* running, const float* now, float momentum, float factor, size_t count);

// y = x̂·gamma + beta, or at once relu(y).   mean, scale, gamma, beta: [width]
void batch_norm_forward(float* y, const float* x, const float* mean, const float* scale,
                        const float* gamma, const float* beta, Rows rows, bool rectified = false);
// dgamma = Σ dy·x̂, dbeta = Σ dy, written, not added: [width]. If `rectified`, dy is the gradient of
// relu(y), here and below, and what that lets through counts.
void batch_norm_sums(float* dgamma, float* dbeta, const float* x, const float* mean,
                     const float* scale, const float* gamma, const float* beta, const float* dy,
                     Rows rows, bool rectified = false);
// dx += gamma·scale·(dy - (dbeta + x̂·dgamma)/n), through mean and variance too; dgamma and dbeta
// are those of batch_norm_sums.
void batch_norm_backward(GradTarget dx, const float* x, const float* mean, const float* scale,
                         const float* gamma, const float* beta, const float* dgamma,
                         const float* dbeta, const float* dy, Rows rows, bool rectified = false);
// dx += gamma·scale·dy, where mean and variance are constants.
void scale_columns_backward(float* dx, const float* scale, const float* gamma, const float* dy,
                            Rows rows);

// y = x̂·gamma + beta.   mean, scale: [count], gamma, beta: [width]
void layer_norm_forward(float* y, const float* x, const float* mean, const float* scale,
                        const float* gamma, const float* beta, Rows rows);
// dgamma += Σ dy·x̂, dbeta += Σ dy. Either may be null.
void layer_norm_sums(float* dgamma, float* dbeta, const float* x, const float* mean,
                     const float* scale, const float* dy, Rows rows);
// With g = dy·gamma:  dx += scale·(g - (Σ g + x̂·Σ g·x̂)/width)
void layer_norm_backward(float* dx, const float* x, const float* mean, const float* scale,
                         const float* gamma, const float* dy, Rows rows);

}  // namespace downhill::kernels
