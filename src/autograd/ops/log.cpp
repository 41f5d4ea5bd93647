#include "autograd/elementwise.hpp"
#include "autograd/ops.hpp"

namespace downhill {

// y = ln x;  dx += dy/x
Var log(Var x) { return record_unary<kernels::Log>(x); }

}  // namespace downhill
