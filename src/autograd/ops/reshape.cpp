#include "autograd/ops.hpp"
#include "kernels/optimizers/update.hpp"

namespace downhill {

// y is x under another shape;  dx += dy
Var reshape(Var x, Shape shape) {
  Tape* tape = Tape::of("reshape", {x});
  if (tape == nullptr) return {};
  if (!shape.fits()) return tape->fail_too_large("reshape", shape);
  if (shape.size() != x.shape().size()) {
    return tape->fail("reshape", "x is " + print(x.shape()) + " and cannot become " + print(shape) +
                                     ": the numbers of elements differ");
  }
  return tape->record_view("reshape", shape, x, [=](const float*, const float* dy) {
    kernels::add_to(x.grad_target(), dy, shape.size());
  });
}

}  // namespace downhill
