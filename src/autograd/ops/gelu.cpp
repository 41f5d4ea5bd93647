#include "autograd/elementwise.hpp"
#include "autograd/ops.hpp"

namespace downhill {

// y = x·Φ(x) with Φ(x) = (1 + erf(x/√2))/2;  dx += dy·(Φ(x) + x·e^(-x²/2)/√2π)
Var gelu(Var x) { return record_unary<kernels::Gelu>(x); }

}  // namespace downhill
