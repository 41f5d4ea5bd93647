#include "autograd/elementwise.hpp"
#include "autograd/ops.hpp"

namespace downhill {

// y = |x|;  dx += dy·sign(x), 0 at 0
Var abs(Var x) { return record_unary<kernels::Abs>(x); }

}  // namespace downhill
