// Choosing between two operands by a third, with broadcasting. Each half of a choice is a walk of
// its own over (condition, operand). Knows strides, not tensors.
#pragma once

#include "kernels/elementwise/binary.hpp"

namespace downhill::kernels {

// y = x wherever (condition != 0) == when; the rest of y is left alone. Operand a of the dims is
// the condition.
void select_forward(float* y, const float* condition, const float* x, bool when,
                    const BroadcastDims& dims);
// dx += Σ dy over those places, in the order of binary.hpp.
void select_backward(float* dx, const float* condition, const float* dy, bool when,
                     const BroadcastDims& dims);

}  // namespace downhill::kernels
