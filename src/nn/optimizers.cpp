#include "nn/optimizers.hpp"

#include <cassert>

#include "kernels/update.hpp"

namespace downhill {

void sgd_step(std::span<float> values, std::span<const float> grads, float lr) {
  assert(values.size() == grads.size());
  kernels::sgd_step(values.data(), grads.data(), lr, values.size());
}

}  // namespace downhill
