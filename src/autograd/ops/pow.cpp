#include "autograd/elementwise.hpp"
#include "autograd/ops.hpp"

namespace downhill {

// y = xⁿ;  dx += dy·n·xⁿ⁻¹
Var pow(Var x, int exponent) { return record_unary(x, kernels::Pow{exponent}); }

}  // namespace downhill
