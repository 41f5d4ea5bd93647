#include "autograd/elementwise.hpp"
#include "autograd/ops.hpp"

namespace downhill {

// y = e^x;  dx += dy·y
Var exp(Var x) { return record_unary<kernels::Exp>(x); }

}  // namespace downhill
