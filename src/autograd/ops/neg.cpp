#include "autograd/elementwise.hpp"
#include "autograd/ops.hpp"

namespace downhill {

// y = -x;  dx -= dy
Var neg(Var x) { return record_unary<kernels::Neg>(x); }

}  // namespace downhill
