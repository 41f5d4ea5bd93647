#include "autograd/elementwise.hpp"
#include "autograd/ops.hpp"

namespace downhill {

// y = a - b;  da += dy, db -= dy
Var sub(Var a, Var b) { return record_binary<kernels::Sub>(a, b); }

}  // namespace downhill
