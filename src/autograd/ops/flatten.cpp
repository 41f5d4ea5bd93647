#include "autograd/ops.hpp"
#include "kernels/update.hpp"

namespace downhill {

// y is x as [n, everything else];  dx += dy
Var flatten(Var x) {
  Tape* tape = Tape::of("flatten", {x});
  if (tape == nullptr) return {};
  const Shape shape = x.shape();
  if (shape.rank() < 2) {
    return tape->fail("flatten", "x is " + print(shape) + ": a batch [n, …] is needed");
  }
  uint32_t rest = 1;
  for (uint32_t axis = 1; axis < shape.rank(); ++axis) rest *= shape[axis];
  return tape->record_view(
      "flatten", {x.value().data, Shape{shape[0], rest}}, {x},
      [=](const float*, const float* dy) { kernels::add_to(x.sink(), dy, shape.size()); });
}

}  // namespace downhill
