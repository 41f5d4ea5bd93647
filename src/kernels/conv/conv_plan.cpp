#include "kernels/conv/conv_plan.hpp"

#include "kernels/algorithms.hpp"
#include "kernels/sparse_images/pad_pixels.hpp"

namespace downhill::kernels {

Conv2dPlan::Conv2dPlan(const Conv2dDims& dims, const Pixels* pixels, bool relu, Conv2dGrads grads,
                       const Scratch& scratch)
    : dims_(dims),
      relu_(relu),
      scratch_{scratch.lend<float>(conv2d_floats(dims)),
               scratch.lend<uint32_t>(conv2d_numbers(dims))} {
  if (relu && grads.any) {
    const uint32_t images = grads.of_input ? dims.n : conv2d_largest_group(dims);
    dz_ = scratch.lend<float>(size_t{images} * dims.oh() * dims.ow() * dims.out);
  }
  // Without padding the images would be copied for nothing.
  const bool images = pixels != nullptr && pixels->size == dims.h * dims.w * dims.in;
  if (!images || dims.padding == 0) return;
  pixels_ = *pixels;
  padded_ = scratch.lend<float>(padded_floats(dims));
  if (conv2d_skips_zeros(dims, pixels_.map[0])) {
    nonzero_.numbers = scratch.lend<uint32_t>(nonzero_numbers(dims));
  }
}

void Conv2dPlan::forward(float* y, const float* x, const float* w, const float* b) const {
  if (reads_floats()) return conv2d_forward(y, x, w, b, scratch_, dims_, relu_);
  pad_pixels(padded_, nonzero_, pixels_, dims_);
  conv2d_forward(y, {padded_, nonzero_}, w, b, scratch_, dims_, relu_);
}

void Conv2dPlan::backward(float* dw, float* db, GradTarget dx, const float* x, const float* w,
                          UpstreamGrad dy) const {
  const ConvInput input = reads_floats() ? ConvInput(x) : ConvInput(padded_, nonzero_);
  dy.dz = dz_;
  conv2d_backward_parameters(dw, db, input, dy, bool{dx}, scratch_, dims_);
  if (dx) conv2d_backward_input(dx, dy.relu == nullptr ? dy.dy : dz_, w, scratch_, dims_);
}

}  // namespace downhill::kernels
