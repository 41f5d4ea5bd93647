// Step 5: change the weights by what the gradient says. An optimizer sees slabs of numbers, nothing
// else.
#pragma once

#include <span>

namespace downhill {

// weight -= lr * gradient, over whole slabs. The gradients are left as they are, so that they can
// be looked at.
void sgd_step(std::span<float> values, std::span<const float> grads, float lr);

}  // namespace downhill
