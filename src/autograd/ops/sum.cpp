#include "autograd/axes.hpp"
#include "autograd/ops.hpp"
#include "kernels/optimizers/update.hpp"
#include "kernels/reductions/reduce.hpp"

namespace downhill {

// y = Σ x;  dx += dy, the same for all elements
Var sum(Var x) {
  Tape* tape = Tape::of("sum", {x});
  if (tape == nullptr) return {};
  const size_t size = x.size();
  return tape->record(
      "sum", Shape{}, {x}, [=](float* y) { *y = kernels::sum(x.data(), size); },
      [=](const float*, const float* dy) { kernels::add_scalar(x.grad_target(), *dy, size); },
      Saved::nothing);
}

// y = Σ x along the axis;  dx += dy, the same all along it
Var sum(Var x, uint32_t axis) {
  Tape* tape = Tape::of("sum", {x});
  if (tape == nullptr) return {};
  const std::optional<Axis> a = find_axis(x.shape(), axis);
  if (!a) return no_such_axis(*tape, "sum", x.shape(), axis);
  const kernels::AxisDims dims = a->dims;
  return tape->record(
      "sum", a->left, {x}, [=](float* y) { kernels::sum_axis(y, x.data(), 1, dims); },
      [=](const float*, const float* dy) {
        kernels::sum_axis_backward(x.grad_target(), dy, 1, dims);
      },
      Saved::nothing);
}

}  // namespace downhill
