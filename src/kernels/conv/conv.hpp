// Convolution of images, y = x ∗ W + b, and its three gradients, as products with patches. A patch
// is the kh·kw·in pixels in the window of one output pixel, in the order (ky, kx, c) of W's rows;
// pixels outside of x are 0. Patches are never written down: each of a patch's kh rows is
// contiguous in a padded image, where the products read it. algorithms.hpp decides which algorithm
// computes what. These functions take plain pointers and extents; they neither allocate nor check.
//
// The ORDER of every sum is part of the contract (reference/conv.hpp has the same in plain loops):
//   y   one accumulator per element, which starts as b (or 0) and adds patch·W over (ky, kx, c) in
//       order, also for a single output channel
//   dW  starts as its value and adds patch·dy over the output pixels (image, oy, ox) in order
//   db  starts as its value and adds dy over (image, oy, ox) in order
//   dx  starts as its value and adds, for each output pixel (oy, ox) in order whose window holds
//       the pixel, the number Σⱼ dy[oy, ox, j]·W[ky, kx, c, j], a sum of its own from 0 over j
// So a batch in two parts gives the gradients of the whole batch, to the bit. Pixels, padding and
// numbers of dy that are exactly zero may be skipped: they add ±0, which changes no accumulator
// except -0, and then only its sign. This holds for finite numbers. 0·inf is NaN, which one
// algorithm adds and another skips, but an infinite pixel or weight makes the loss infinite anyway.
#pragma once

#include "kernels/conv/conv_dims.hpp"
#include "kernels/conv/conv_scratch.hpp"
#include "kernels/elementwise/grad_target.hpp"

namespace downhill::kernels {

// y: [n, oh, ow, out]  x: [n, h, w, in]  W: [kh, kw, in, out]  b: [out], or null for none. Nothing
// may overlap. `relu`: relu(y) instead.
void conv2d_forward(float* y, const ConvInput& x, const float* w, const float* b,
                    Conv2dScratch scratch, const Conv2dDims& dims, bool relu = false);
// dW: [kh, kw, in, out] += patchesᵀ·dz, db: [out] += Σ dz; null for what is not wanted. For dz
// see UpstreamGrad; with a ReLU it is written group by group, right before it is read: all of it to
// dy.dz, [n, oh, ow, out], if `write_dz`; otherwise at most conv2d_largest_group() images at once.
void conv2d_backward_parameters(float* dw, float* db, const ConvInput& x, const UpstreamGrad& dy,
                                bool write_dz, Conv2dScratch scratch, const Conv2dDims& dims);
// dx: [n, h, w, in] += dy·Wᵀ, each patch added back to its window
void conv2d_backward_input(GradTarget dx, const float* dy, const float* w, Conv2dScratch scratch,
                           const Conv2dDims& dims);

}  // namespace downhill::kernels
