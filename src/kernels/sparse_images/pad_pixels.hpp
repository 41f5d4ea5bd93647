// Images of bytes as a first convolution reads them: as floats with their padding around, and where
// in their rows there are nonzero pixels, for digits end in zeros on all sides.
#pragma once

#include "kernels/conv/conv.hpp"
#include "kernels/sparse_images/pixels.hpp"

namespace downhill::kernels {

// Memory for the images of a batch, and for what is nonzero of them.
constexpr size_t padded_floats(const Conv2dDims& d) { return d.n * padded_image(d); }
constexpr size_t nonzero_numbers(const Conv2dDims& d) { return size_t{2} * d.n * padded_rows(d); }

// Whether to look where nonzero pixels are: a byte of 0 has to be 0, and pixels of one channel between
// 16 and 64 to a row.
bool can_find_nonzero(const Pixels& pixels, const Conv2dDims& dims);

// x: [n, h + 2·padding, w + 2·padding, in], the values of the bytes.   nonzero: of every row, or null
void pad_pixels(float* x, Ranges nonzero, const Pixels& pixels, const Conv2dDims& dims);

}  // namespace downhill::kernels
