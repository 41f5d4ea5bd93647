#include "autograd/elementwise.hpp"
#include "autograd/ops.hpp"

namespace downhill {

// y = max(x, 0);  dx += dy where y > 0, so 0 at 0
Var relu(Var x) { return record_unary<kernels::Relu>(x); }

}  // namespace downhill
