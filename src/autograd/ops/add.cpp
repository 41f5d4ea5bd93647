#include "autograd/elementwise.hpp"
#include "autograd/ops.hpp"

namespace downhill {

// y = a + b;  da += dy, db += dy
Var add(Var a, Var b) { return record_binary<kernels::Add>(a, b); }

}  // namespace downhill
