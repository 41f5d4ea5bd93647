#include "autograd/elementwise.hpp"
#include "autograd/ops.hpp"

namespace downhill {

// y = x²;  dx += dy·2x
Var square(Var x) { return record_unary<kernels::Square>(x); }

}  // namespace downhill
