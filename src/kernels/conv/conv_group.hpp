// The images of a convolution as its products read them, group by group, with padding. For the
// sources of convolutions only.
#pragma once

#include "kernels/conv/conv.hpp"
#include "kernels/reductions/rows.hpp"

namespace downhill::kernels {

// Consecutive images of a batch, with their padding.
struct Images {
  const float* data;
  uint32_t first, count;
  size_t row;      // floats from one to the next
  Ranges nonzero;  // as in ConvInput

  // The ranges of the rows under the windows of row oy of outputs, from the top one on.
  Ranges nonzero_under(uint32_t image_index, uint32_t oy, const Conv2dDims& d) const {
    return nonzero.from(image_index * padded_rows(d) + size_t{oy} * d.stride);
  }
};

// Calls f(padded, row) for each row of `count` images, without padding rows: the offsets at which
// it begins among padded and among unpadded images.
template <class F>
void for_each_image_row(uint32_t count, const Conv2dDims& d, F f) {
  const size_t row = size_t{d.w} * d.in, border = d.padding * (padded_row(d) + d.in);
  size_t from = 0;
  for (uint32_t i = 0; i < count; ++i) {
    size_t padded = i * padded_image(d) + border;
    for (uint32_t y = 0; y < d.h; ++y, from += row, padded += padded_row(d)) f(padded, from);
  }
}

inline void copy_row(float* to, const float* from, const Conv2dDims& d) {
  for_each_vector(size_t{d.w} * d.in,
                  [=](size_t k, unsigned lanes) { store(to + k, load(from + k, lanes), lanes); });
}

// `count` images of x from `first` on, copied into `memory`, whose borders are zero already.
// Without padding the images are used in place.
inline Images pad_group(float* memory, const float* x, uint32_t first, uint32_t count,
                        const Conv2dDims& d) {
  const float* const from = x + size_t{first} * d.h * d.w * d.in;
  if (d.padding == 0) return {from, first, count, padded_row(d), {}};
  for_each_image_row(count, d,
                     [&](size_t padded, size_t row) { copy_row(memory + padded, from + row, d); });
  return {memory, first, count, padded_row(d), {}};
}

// Calls f(images) group by group, in order. Images without their padding are copied into `memory`,
// of one group, whose borders stay zero from group to group.
template <class F>
void for_each_group(const ConvInput& x, float* memory, const Conv2dDims& d, F f) {
  const size_t padded = padded_image(d);
  const uint32_t group = conv2d_group(d);
  const bool copy = !x.padded && d.padding > 0;
  if (copy) std::fill_n(memory, group * padded, 0.0f);
  for (uint32_t first = 0; first < d.n; first += group) {
    const uint32_t count = std::min(group, d.n - first);
    if (copy) {
      f(pad_group(memory, x.floats, first, count, d));
    } else {
      f(Images{x.floats + first * padded, first, count, padded_row(d),
               x.nonzero.from(first * padded_rows(d))});
    }
  }
}

}  // namespace downhill::kernels
