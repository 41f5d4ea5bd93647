// Convolution of images, y = x ∗ W + b, and its three gradients, as products of patches: a patch is
// the kh·kw·in pixels under the window of one output pixel, in the order (ky, kx, c) of W's rows,
// and pixels outside of x are 0. No patch is ever written down: each of its kh rows is contiguous
// in a padded image, and the products read it there. dx, and dW where the list of taps is short
// (conv_scratch.hpp), go tap by tap of the window, over the pixels of x itself; both go number
// by number of dy where it has few (conv_sparse.hpp). Plain pointers and extents; nothing here
// allocates or checks.
//
// The ORDER of every sum is part of the contract (reference_conv.hpp is the same in plain loops):
//   y   one accumulator per element, which starts as b (or 0) and adds patch·W over (ky, kx, c) in
//       that order; a single output channel is no exception
//   dW  starts as what is there and adds patch·dy over the output pixels (image, oy, ox) in order
//   db  starts as what is there and adds dy over (image, oy, ox) in order
//   dx  starts as what is there and adds, for each output pixel (oy, ox) in order whose window
//       holds it, the number Σⱼ dy[oy, ox, j]·W[ky, kx, c, j], which is a sum of its own: from 0,
//       for j = 0, 1, …
// So a batch in two parts gives the gradients of the whole batch to the bit, and pixels and numbers
// of dy that are exactly zero, the padding too, may be skipped: they add ±0, which changes no
// accumulator (but -0, and then only its sign). That is so of finite numbers: 0·inf, which is left
// out here and added there, is a NaN, but with an infinite pixel or weight the loss has left all
// bounds.
#pragma once

#include "kernels/conv/conv_dims.hpp"
#include "kernels/conv/conv_scratch.hpp"
#include "kernels/elementwise/grad_target.hpp"

namespace downhill::kernels {

// y: [n, oh, ow, out]  x: [n, h, w, in]  W: [kh, kw, in, out]  b: [out], or null for none. Nothing
// may overlap. `rectified`: relu(y) instead.
void conv2d_forward(float* y, const ConvInput& x, const float* w, const float* b,
                    Conv2dScratch scratch, const Conv2dDims& dims, bool rectified = false);
// dW: [kh, kw, in, out] += patchesᵀ·dy, db: [out] += Σ dy; null for what is not wanted. What a ReLU
// has handed on becomes dy group by group, and so is near when it is needed: all of it in its room,
// [n, oh, ow, out], if `write_dy`, otherwise of no more than conv2d_largest_group() images.
void conv2d_backward_parameters(float* dw, float* db, const ConvInput& x, const UpstreamGrad& dy,
                                bool write_dy, Conv2dScratch scratch, const Conv2dDims& dims);
// dx: [n, h, w, in] += the patches dy·Wᵀ, each laid back to where it was taken from
void conv2d_backward_input(GradTarget dx, const float* dy, const float* w, Conv2dScratch scratch,
                           const Conv2dDims& dims);

}  // namespace downhill::kernels
