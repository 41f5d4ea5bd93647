#include "autograd/axes.hpp"
#include "autograd/ops.hpp"
#include "kernels/optimizers/update.hpp"
#include "kernels/reductions/reduce.hpp"

namespace downhill {

// y = Σ x / n;  dx += dy/n, the same for all elements
Var mean(Var x) {
  Tape* tape = Tape::of("mean", {x});
  if (tape == nullptr) return {};
  const size_t size = x.size();
  const float n = static_cast<float>(size);
  return tape->record(
      "mean", Shape{}, {x}, [=](float* y) { *y = kernels::sum(x.data(), size) / n; },
      [=](const float*, const float* dy) { kernels::add_scalar(x.grad_target(), *dy / n, size); },
      Saved::nothing);
}

// y = Σ x / n along the axis of extent n;  dx += dy/n, the same all along it
Var mean(Var x, uint32_t axis) {
  Tape* tape = Tape::of("mean", {x});
  if (tape == nullptr) return {};
  const std::optional<Axis> a = find_axis(x.shape(), axis);
  if (!a) return no_such_axis(*tape, "mean", x.shape(), axis);
  const kernels::AxisDims dims = a->dims;
  const float n = static_cast<float>(dims.extent);
  return tape->record(
      "mean", a->left, {x}, [=](float* y) { kernels::sum_axis(y, x.data(), n, dims); },
      [=](const float*, const float* dy) {
        kernels::sum_axis_backward(x.grad_target(), dy, n, dims);
      },
      Saved::nothing);
}

}  // namespace downhill
