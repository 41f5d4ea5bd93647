// Batch and layer normalization: x̂ = (x - mean)·scale with scale = 1/sqrt(variance + eps), then
// y = x̂·gamma + beta. Batch norm has a mean and a variance per column (a channel, over all images
// and pixels), layer norm per row. Variances are biased (divided by n, not n - 1) and computed from
// deviations in a second pass, because subtracting squares of sums would lose them. Sums are those
// of reduce.hpp, down a column by the row's index. The backward pass computes x̂ again instead of
// reading a saved one. These functions do not know who owns the running statistics.
//
// Sources: S. Ioffe, C. Szegedy, "Batch normalization" (ICML 2015); J. Ba, J. Kiros, G. Hinton,
// "Layer normalization" (2016).
#pragma once

#include "kernels/elementwise/grad_target.hpp"
#include "kernels/reductions/rows.hpp"

namespace downhill::kernels {

// mean, variance: [width], one of each column. Precondition: rows.count > 0.
void column_statistics(float* mean, float* variance, const float* x, Rows rows);
// mean, variance: [count], one of each row. Precondition: rows.width > 0.
void row_statistics(float* mean, float* variance, const float* x, Rows rows);
// scale = 1/sqrt(variance + eps). scale may be variance.
void inverse_deviation(float* scale, const float* variance, float eps, size_t count);
// running = (1 - momentum)·running + momentum·(now·factor). For variances, the factor n/(n - 1)
// gives the unbiased estimate.
void update_running(float* running, const float* now, float momentum, float factor, size_t count);

// y = x̂·gamma + beta, or relu of that if `relu`.   mean, scale, gamma, beta: [width]
void batch_norm_forward(float* y, const float* x, const float* mean, const float* scale,
                        const float* gamma, const float* beta, Rows rows, bool relu = false);
// dgamma = Σ dy·x̂, dbeta = Σ dy: [width], written, not added. If `relu`, here and below, dy counts
// as 0 where y is 0.
void batch_norm_sums(float* dgamma, float* dbeta, const float* x, const float* mean,
                     const float* scale, const float* gamma, const float* beta, const float* dy,
                     Rows rows, bool relu = false);
// dx += gamma·scale·(dy - (dbeta + x̂·dgamma)/n), which includes the gradients through mean and
// variance. dgamma and dbeta are those of batch_norm_sums.
void batch_norm_backward(GradTarget dx, const float* x, const float* mean, const float* scale,
                         const float* gamma, const float* beta, const float* dgamma,
                         const float* dbeta, const float* dy, Rows rows, bool relu = false);
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
