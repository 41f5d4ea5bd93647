// Choosing between two operands by a condition, with broadcasting. Each operand is one pass over
// (condition, operand). These functions know strides, not tensors.
#pragma once

#include "kernels/elementwise/binary.hpp"

namespace downhill::kernels {

// y = x where (condition != 0) == when; the rest of y does not change. Operand a of the dims is
// the condition.
void select_forward(float* y, const float* condition, const float* x, bool when,
                    const BroadcastDims& dims);
// dx += Σ dy over those elements, in the order of binary.hpp.
void select_backward(float* dx, const float* condition, const float* dy, bool when,
                     const BroadcastDims& dims);

}  // namespace downhill::kernels
