#include "autograd/elementwise.hpp"
#include "autograd/ops.hpp"

namespace downhill {

// y = a/b;  da += dy/b, db -= dy·a/b²
Var div(Var a, Var b) { return record_binary<kernels::Div>(a, b); }

}  // namespace downhill
