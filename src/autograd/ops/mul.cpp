#include "autograd/elementwise.hpp"
#include "autograd/ops.hpp"

namespace downhill {

// y = a·b;  da += dy·b, db += dy·a
Var mul(Var a, Var b) { return record_binary<kernels::Mul>(a, b); }

}  // namespace downhill
