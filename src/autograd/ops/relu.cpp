#include "autograd/elementwise.hpp"
#include "autograd/ops.hpp"
#include "autograd/record.hpp"

namespace downhill {

// y = max(x, 0);  dx += dy where y > 0, so 0 at 0. Both are done by the operation that gives x, as
// it writes x and reads dx, if it can.
Var relu(Var x) {
  using kernels::Relu;
  Tape* tape = Tape::of(Relu::kName, {x});
  if (tape == nullptr) return {};
  const size_t size = x.shape().size();
  return tape->record(
      Relu::kName, x.shape(), {x},
      [=](float* y) {
        if (!x.write_rectified(y)) kernels::map_forward<Relu>(y, x.data(), size);
      },
      [=](const float* y, const float* dy) {
        if (!x.hand_on(dy, y))
          kernels::map_backward<Relu>(x.overwritable_grad_target(), y, y, dy, size);
      });
}

}  // namespace downhill
