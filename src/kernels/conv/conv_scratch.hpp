// How much memory the caller lends to a convolution. It follows from the extents alone.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "kernels/algorithms.hpp"
#include "kernels/conv/conv_dims.hpp"

namespace downhill::kernels {

// Memory for the functions of conv.hpp; its contents are lost.
struct Conv2dScratch {
  float* floats;      // [conv2d_floats]
  uint32_t* numbers;  // [conv2d_numbers]
};
// Images in the largest group that any of the algorithms uses.
constexpr uint32_t conv2d_largest_group(const Conv2dDims& d) {
  const uint32_t group = conv2d_group(d);
  return conv2d_by_taps(d, false) ? std::max(group, conv2d_taps_group(d)) : group;
}
// Floats of a group's padded images; none without padding.
constexpr size_t conv2d_image_floats(const Conv2dDims& d) {
  return d.padding == 0 ? 0 : conv2d_largest_group(d) * padded_image(d);
}
// The larger of two uses:
//   a group's padded images, and behind them W in panels of eight columns, or one such panel of dy,
//   or W with the output channel first;
//   W tap by tap, each tap transposed and filled up to whole panels.
constexpr size_t conv2d_floats(const Conv2dDims& d) {
  constexpr size_t kColumns = 8;
  const auto whole = [](size_t columns) { return (columns + kColumns - 1) / kColumns * kColumns; };
  const size_t panels =
      std::max<size_t>(d.patch() * whole(d.out), kColumns * conv2d_group(d) * d.oh() * d.ow());
  const size_t taps = size_t{d.kh} * d.kw * d.out * whole(d.in);
  return std::max(conv2d_image_floats(d) + panels, taps);
}
// Three numbers for each vector of dy of a group, and for one more vector.
constexpr size_t conv2d_vector_numbers(const Conv2dDims& d) {
  return 3 * (size_t{conv2d_largest_group(d)} * d.oh() * d.ow() * (d.out / 4) + 1);
}
// The largest of three uses, all of one group:
//   window by window: two numbers for each row of outputs and three for each output;
//   tap by tap: the pairs;
//   number by number of dy: its vectors; and per channel one, two for each output, and two more.
constexpr size_t conv2d_numbers(const Conv2dDims& d) {
  const size_t patches = conv2d_group(d) * size_t{d.oh()} * (2 + 3 * d.ow());
  const size_t pairs = conv2d_by_taps(d, false) ? conv2d_taps_numbers(d) : 0;
  const size_t pixels = size_t{conv2d_largest_group(d)} * d.oh() * d.ow();
  const size_t few = conv2d_vector_numbers(d) + d.out * (2 * pixels + 3);
  return std::max({patches, pairs, conv2d_may_be_sparse(d) ? few : 0});
}

}  // namespace downhill::kernels
