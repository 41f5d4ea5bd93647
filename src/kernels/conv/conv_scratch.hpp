// How a convolution goes about its work, and how much memory that takes: images go in groups that
// stay in the first-level cache. All of it follows from the extents alone; what it changes is the
// time, never a bit.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "kernels/conv/conv_dims.hpp"

namespace downhill::kernels {

// As many images as have `near` floats, `each` of them to an image, but of small ones so many that
// the sums have `long_enough` pixels to go along, which pays for their being loaded and stored.
constexpr uint32_t conv2d_images(const Conv2dDims& d, size_t near, size_t each,
                                 size_t long_enough) {
  const size_t pixels = std::max<size_t>(1, size_t{d.oh()} * d.ow());
  const size_t images =
      std::max({near / std::max<size_t>(1, each), long_enough / pixels, size_t{1}});
  return static_cast<uint32_t>(std::min<size_t>(images, std::max(1u, d.n)));
}
// Images that are padded and multiplied at once: about 16 KiB of them, which leave room in the
// first-level cache.
constexpr uint32_t conv2d_group(const Conv2dDims& d) {
  return conv2d_images(d, 4096, padded_image(d), 32);
}
// Images whose x and dy share the first-level cache.
constexpr uint32_t conv2d_taps_group(const Conv2dDims& d) {
  const size_t pixels = size_t{d.oh()} * d.ow();
  return conv2d_images(d, 6144, size_t{d.h} * d.w * d.in + pixels * d.out, 64);
}
// Two for each output at each tap of the window.
constexpr size_t conv2d_taps_numbers(const Conv2dDims& d) {
  return size_t{2} * d.kh * d.kw * conv2d_taps_group(d) * d.oh() * d.ow();
}
// Whether dW is summed tap by tap of the window, over the pixels of x that it meets: of whole
// vectors of channels, and unless the list of them would be long. `padded`: x is.
constexpr bool conv2d_by_taps(const Conv2dDims& d, bool padded) {
  constexpr size_t kMostNumbers = 40'000;
  return !padded && d.in % 4 == 0 && d.out % 4 == 0 && conv2d_taps_numbers(d) <= kMostNumbers;
}

// Memory that the caller lends to the functions of conv.hpp; what is in it is lost.
struct Conv2dScratch {
  float* floats;      // conv2d_floats of them
  uint32_t* numbers;  // conv2d_numbers of them
};
// Images.
constexpr uint32_t conv2d_largest_group(const Conv2dDims& d) {
  const uint32_t group = conv2d_group(d);
  return conv2d_by_taps(d, false) ? std::max(group, conv2d_taps_group(d)) : group;
}
// Floats of the images of a group with their padding, if they have any.
constexpr size_t conv2d_image_floats(const Conv2dDims& d) {
  return d.padding == 0 ? 0 : conv2d_largest_group(d) * padded_image(d);
}
// Of a group the padded images, and W in panels of eight columns, or such a panel of dy, or W with
// the output channel first; or else the taps of W, each transposed and filled up to whole panels.
constexpr size_t conv2d_floats(const Conv2dDims& d) {
  constexpr size_t kColumns = 8;
  const auto whole = [](size_t columns) { return (columns + kColumns - 1) / kColumns * kColumns; };
  const size_t panels =
      std::max<size_t>(d.patch() * whole(d.out), kColumns * conv2d_group(d) * d.oh() * d.ow());
  const size_t taps = size_t{d.kh} * d.kw * d.out * whole(d.in);
  return std::max(conv2d_image_floats(d) + panels, taps);
}
// Whether the gradients may be summed from the few vectors of dy that are not zero: where rows of
// windows are whole vectors, and long enough to pay for finding those of dy, and the lists are not
// long.
constexpr bool conv2d_may_be_sparse(const Conv2dDims& d) {
  constexpr size_t kMostNumbers = 32'768;  // of dy of an image: 360 KB of lists
  return d.out % 4 == 0 && d.kw * d.in % 4 == 0 && d.kw * d.in >= 16 &&
         size_t{d.oh()} * d.ow() * d.out <= kMostNumbers;
}
// Of the vectors of dy of `count` images so many are few: about a quarter of its numbers. With no
// more of them the lists of dx, two for each number and each output, have room where those of dW
// have it.
constexpr size_t conv2d_few(const Conv2dDims& d, uint32_t count) {
  return size_t{count} * d.oh() * d.ow() * (d.out / 4) * 5 / 8;
}
// Three for each vector of a group, and one vector more.
constexpr size_t conv2d_vector_numbers(const Conv2dDims& d) {
  return 3 * (size_t{conv2d_largest_group(d)} * d.oh() * d.ow() * (d.out / 4) + 1);
}
// Of a group two for each row of outputs, three for each output; or the pairs of a group; or those
// of the vectors, and of each channel one, two for each output and two more.
constexpr size_t conv2d_numbers(const Conv2dDims& d) {
  const size_t patches = conv2d_group(d) * size_t{d.oh()} * (2 + 3 * d.ow());
  const size_t pairs = conv2d_by_taps(d, false) ? conv2d_taps_numbers(d) : 0;
  const size_t pixels = size_t{conv2d_largest_group(d)} * d.oh() * d.ow();
  const size_t few = conv2d_vector_numbers(d) + d.out * (2 * pixels + 3);
  return std::max({patches, pairs, conv2d_may_be_sparse(d) ? few : 0});
}

}  // namespace downhill::kernels
