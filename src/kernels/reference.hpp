// The kernels as plain loops: what they mean, in the order in which they mean it. Tests compare the
// fast ones with these bit for bit; nothing else calls them. (Eigen cannot be the judge of bits,
// nor stand in the training path: the order in which its products add depends on the packet size of
// the machine.)
#pragma once

#include <cstddef>

#include "kernels/matmul.hpp"

namespace downhill::kernels::reference {

void matmul_forward(float* y, const float* x, const float* w, const float* b, MatmulDims dims);
void matmul_backward_weight(float* dw, const float* x, const float* dy, MatmulDims dims);
void matmul_backward_bias(float* db, const float* dy, MatmulDims dims);
void matmul_backward_input(float* dx, const float* dy, const float* w, MatmulDims dims);

float sum(const float* x, size_t count);
float dot(const float* a, const float* b, size_t count);

}  // namespace downhill::kernels::reference
