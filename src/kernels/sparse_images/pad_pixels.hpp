// Byte images as a first convolution reads them: floats with their padding, and for each row the
// outputs whose windows see a nonzero pixel. Digits end in zeros on all sides.
#pragma once

#include "kernels/conv/conv.hpp"
#include "kernels/sparse_images/pixels.hpp"

namespace downhill::kernels {

// Scratch for the padded images of a batch, and for the ranges of their rows.
constexpr size_t padded_floats(const Conv2dDims& d) { return d.n * padded_image(d); }
constexpr size_t nonzero_numbers(const Conv2dDims& d) { return size_t{2} * d.n * padded_rows(d); }

// x: [n, h + 2·padding, w + 2·padding, in], the values of the bytes.
// nonzero: [n, h + 2·padding], as in ConvInput, or null. Precondition: null unless
// conv2d_skips_zeros() (algorithms.hpp).
void pad_pixels(float* x, Ranges nonzero, const Pixels& pixels, const Conv2dDims& dims);

}  // namespace downhill::kernels
