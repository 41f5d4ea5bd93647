// Pooling: each output pixel is the maximum or the average of a square window of x, channel by
// channel. Windows may overlap. Semantics and edge cases are those of PyTorch's max_pool2d and
// avg_pool2d (floor; count_include_pad). Nothing here allocates or checks.
//
// The ORDER of every sum is part of the contract (reference/conv.hpp has the same in plain loops):
//   average   one accumulator per element, which starts as 0 and adds over the window (ky, kx) in
//             order, then one division by kernel²; padding counts as pixels of 0
//   dx        starts as its value and adds over the output pixels (oy, ox) in order: dy where the
//             pixel won, or dy/kernel² in each window that holds it
#pragma once

#include <cstddef>
#include <cstdint>

#include "kernels/elementwise/grad_target.hpp"

namespace downhill::kernels {

struct Pool2dDims {
  uint32_t n, h, w, channels;  // x: [n, h, w, channels], none of h, w 0
  uint32_t kernel;             // pixels on each side of the window, at least 1
  uint32_t stride;             // pixels from window to window, at least 1
  uint32_t padding = 0;        // on each side, at most kernel/2, so every window meets x
  // y: [n, oh, ow, channels]. Precondition: the kernel fits, kernel <= h + 2·padding, w likewise.
  constexpr uint32_t oh() const { return (h + 2 * padding - kernel) / stride + 1; }
  constexpr uint32_t ow() const { return (w + 2 * padding - kernel) / stride + 1; }
};

// Every index in a window of at most this many pixels on each side is exact as a float.
inline constexpr uint32_t kMaxPoolKernel = 4096;

// y and winner: [n, oh, ow, channels]. `winner` is the index in the window, ky·kernel + kx, a whole
// number saved for the backward pass. The first of equal numbers wins, the last of NaNs; padding
// never wins. Precondition: kernel <= kMaxPoolKernel.
void max_pool2d_forward(float* y, float* winner, const float* x, const Pool2dDims& dims);
// dx: [n, h, w, channels] += dy at the winners
void max_pool2d_backward(GradTarget dx, const float* winner, const float* dy,
                         const Pool2dDims& dims);
// y = the elements of v at the winners.   v: [n, h, w, channels]
void max_pool2d_take(float* y, const float* winner, const float* v, const Pool2dDims& dims);

void avg_pool2d_forward(float* y, const float* x, const Pool2dDims& dims);
// dx += dy/kernel² in every window
void avg_pool2d_backward(float* dx, const float* dy, const Pool2dDims& dims);

}  // namespace downhill::kernels
