#include "autograd/elementwise.hpp"
#include "autograd/ops.hpp"

namespace downhill {

// y = x > 0 ? x : slope·x;  dx += dy·(x > 0 ? 1 : slope)
Var leaky_relu(Var x, float slope) { return record_unary(x, kernels::LeakyRelu{slope}); }

}  // namespace downhill
