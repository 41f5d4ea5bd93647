#include "autograd/elementwise.hpp"
#include "autograd/ops.hpp"

namespace downhill {

// y = 1/(1 + e^-x);  dx += dy·y·(1 - y)
Var sigmoid(Var x) { return record_unary<kernels::Sigmoid>(x); }

}  // namespace downhill
