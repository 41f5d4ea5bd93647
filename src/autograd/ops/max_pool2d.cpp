#include "autograd/window_shapes.hpp"

namespace downhill {

// y = the largest x of each window;  dx += dy at that x.   x: [n, h, w, c]  y: [n, oh, ow, c]
Var max_pool2d(Var x, Pool2dOptions options) {
  Tape* tape = Tape::of("max_pool2d", {x});
  if (tape == nullptr) return {};
  if (options.kernel > kernels::kMaxPoolKernel) {
    return tape->fail("max_pool2d", "a kernel of " + std::to_string(options.kernel) +
                                        " pixels is too wide: at most " +
                                        std::to_string(kernels::kMaxPoolKernel) + " are possible");
  }
  const auto found = pool2d_dims(*tape, "max_pool2d", x.shape(), options);
  if (!found) return {};
  const kernels::Pool2dDims dims = *found;
  const Shape shape{dims.n, dims.oh(), dims.ow(), dims.channels};
  float* winner = tape->scratch(shape.size()).data();
  return tape->record(
      "max_pool2d", shape, {x},
      [=](float* y) { kernels::max_pool2d_forward(y, winner, x.data(), dims); },
      [=](const float*, const float* dy) {
        if (const kernels::GradTarget dx = x.overwritable_grad_target()) {
          kernels::max_pool2d_backward(dx, winner, dy, dims);
        }
      });
}

}  // namespace downhill
