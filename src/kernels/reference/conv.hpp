// Convolution and pooling as plain loops, which define what conv/conv.hpp and pool/pool.hpp compute
// and in which order. Tests compare the fast kernels with these, bit for bit; nothing else calls
// them.
#pragma once

#include "kernels/conv/conv.hpp"
#include "kernels/pool/pool.hpp"

namespace downhill::kernels::reference {

void conv2d_forward(float* y, const float* x, const float* w, const float* b,
                    const Conv2dDims& dims);
void conv2d_backward_weight(float* dw, const float* x, const float* dy, const Conv2dDims& dims);
void conv2d_backward_bias(float* db, const float* dy, const Conv2dDims& dims);
void conv2d_backward_input(float* dx, const float* dy, const float* w, const Conv2dDims& dims);

void max_pool2d_forward(float* y, float* winner, const float* x, const Pool2dDims& dims);
void max_pool2d_backward(float* dx, const float* winner, const float* dy, const Pool2dDims& dims);
void avg_pool2d_forward(float* y, const float* x, const Pool2dDims& dims);
void avg_pool2d_backward(float* dx, const float* dy, const Pool2dDims& dims);

}  // namespace downhill::kernels::reference
