#include "autograd/elementwise.hpp"
#include "autograd/ops.hpp"

namespace downhill {

// y = tanh x;  dx += dy·(1 - y²)
Var tanh(Var x) { return record_unary<kernels::Tanh>(x); }

}  // namespace downhill
