#include "autograd/window_shapes.hpp"

namespace downhill {

// y = Σ x over each window / kernel²;  dx += dy/kernel² in each.   x: [n, h, w, c]
// y: [n, oh, ow, c]
Var avg_pool2d(Var x, Pool2dOptions options) {
  Tape* tape = Tape::of("avg_pool2d", {x});
  if (tape == nullptr) return {};
  const auto found = pool2d_dims(*tape, "avg_pool2d", x.shape(), options);
  if (!found) return {};
  const kernels::Pool2dDims dims = *found;
  return tape->record(
      "avg_pool2d", Shape{dims.n, dims.oh(), dims.ow(), dims.channels}, {x},
      [=](float* y) { kernels::avg_pool2d_forward(y, x.data(), dims); },
      [=](const float*, const float* dy) {
        if (float* dx = x.grad_target()) kernels::avg_pool2d_backward(dx, dy, dims);
      });
}

}  // namespace downhill
