// Softmax, normalization and sums along an axis as plain loops, one number at a time, in the order
// that softmax.hpp, normalize.hpp and reduce.hpp state. Tests compare the fast kernels with these,
// bit for bit; nothing else calls them.
#pragma once

#include "kernels/reductions/reduce.hpp"
#include "kernels/reductions/rows.hpp"

namespace downhill::kernels::reference {

void sum_axis(float* y, const float* x, float divisor, AxisDims dims);
void sum_axis_backward(float* dx, const float* dy, float divisor, AxisDims dims);

void softmax_forward(float* p, const float* x, Rows rows);
void softmax_backward(float* dx, const float* p, const float* dp, Rows rows);
void log_softmax_forward(float* y, const float* x, Rows rows);
void log_softmax_backward(float* dx, const float* y, const float* dy, Rows rows);
float softmax_cross_entropy_forward(float* terms, float* p, const float* x, const float* target,
                                    Rows rows);
void softmax_cross_entropy_backward(float* dx, const float* p, const float* target, float dloss,
                                    Rows rows);

void column_statistics(float* mean, float* variance, const float* x, Rows rows);
void row_statistics(float* mean, float* variance, const float* x, Rows rows);
void batch_norm_forward(float* y, const float* x, const float* mean, const float* scale,
                        const float* gamma, const float* beta, Rows rows);
void batch_norm_sums(float* dgamma, float* dbeta, const float* x, const float* mean,
                     const float* scale, const float* dy, Rows rows);
void batch_norm_backward(float* dx, const float* x, const float* mean, const float* scale,
                         const float* gamma, const float* dgamma, const float* dbeta,
                         const float* dy, Rows rows);
void scale_columns_backward(float* dx, const float* scale, const float* gamma, const float* dy,
                            Rows rows);
void layer_norm_forward(float* y, const float* x, const float* mean, const float* scale,
                        const float* gamma, const float* beta, Rows rows);
void layer_norm_sums(float* dgamma, float* dbeta, const float* x, const float* mean,
                     const float* scale, const float* dy, Rows rows);
void layer_norm_backward(float* dx, const float* x, const float* mean, const float* scale,
                         const float* gamma, const float* dy, Rows rows);

}  // namespace downhill::kernels::reference
