#include "autograd/ops.hpp"
#include "kernels/optimizers/update.hpp"

namespace downhill {

namespace {

// An image [h·w, c] as PyTorch flattens it, [c, h·w]: one plane after the other.
Var flatten_images(Tape& tape, Var x, const Shape& shape) {
  const size_t n = shape[0], pixels = size_t{shape[1]} * shape[2], c = shape[3];
  const size_t size = pixels * c;
  return tape.record(
      "flatten", Shape{shape[0], static_cast<uint32_t>(size)}, {x},
      [=](float* y) {
        for (size_t i = 0; i < n; ++i) {
          kernels::transpose(y + i * size, x.data() + i * size, pixels, c);
        }
      },
      [=](const float*, const float* dy) {
        float* dx = x.grad_target();
        for (size_t i = 0; i < n; ++i) {
          kernels::add_transposed(dx + i * size, dy + i * size, c, pixels);
        }
      },
      Saved::nothing);
}

}  // namespace

// y is x as [n, everything else], images [n, h, w, c] in the order c, h, w;  dx += dy
Var flatten(Var x) {
  Tape* tape = Tape::of("flatten", {x});
  if (tape == nullptr) return {};
  const Shape shape = x.shape();
  if (shape.rank() < 2) {
    return tape->fail("flatten", "x is " + print(shape) + ": a batch [n, …] is needed");
  }
  uint32_t rest = 1;
  for (uint32_t axis = 1; axis < shape.rank(); ++axis) rest *= shape[axis];
  const bool planes = shape.rank() == 4 && shape[3] > 1 && shape[1] * shape[2] > 1;
  if (planes) return flatten_images(*tape, x, shape);
  return tape->record_view("flatten", Shape{shape[0], rest}, x, [=](const float*, const float* dy) {
    kernels::add_to(x.grad_target(), dy, shape.size());
  });
}

}  // namespace downhill
