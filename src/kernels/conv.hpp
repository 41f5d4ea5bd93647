// Convolution of images, y = x ∗ W + b, and its three gradients, as products of patches: a patch is
// the kh·kw·in pixels under the window of one output pixel, in the order (ky, kx, c) of W's rows,
// and pixels outside of x are 0. No patch is ever written down: each of its kh rows is contiguous
// in a padded image, and the products read it there; dW and dx go place by place of the window,
// over the pixels of x itself, or number by number of dy where it has few (conv_sparse.hpp). Plain
// pointers and extents; nothing here allocates or checks.
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

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "kernels/sink.hpp"

namespace downhill::kernels {

struct Conv2dDims {
  uint32_t n, h, w, in;  // x: [n, h, w, in]
  uint32_t kh, kw, out;  // W: [kh, kw, in, out]
  uint32_t stride = 1;   // pixels from window to window, at least 1
  uint32_t padding = 0;  // pixels of 0 on each side
  // y: [n, oh, ow, out]. Precondition: the kernel fits, kh <= h + 2·padding, kw likewise.
  constexpr uint32_t oh() const { return (h + 2 * padding - kh) / stride + 1; }
  constexpr uint32_t ow() const { return (w + 2 * padding - kw) / stride + 1; }
  constexpr uint32_t patch() const { return kh * kw * in; }
  constexpr size_t pixels() const { return size_t{n} * oh() * ow(); }  // of y
};

// An image with its padding; without padding it is used where it is.
constexpr size_t padded_row(const Conv2dDims& d) { return size_t{d.w + 2 * d.padding} * d.in; }
constexpr size_t padded_image(const Conv2dDims& d) { return (d.h + 2 * d.padding) * padded_row(d); }
constexpr size_t padded_rows(const Conv2dDims& d) { return size_t{d.h} + 2 * d.padding; }
// Images that are padded and multiplied at once: about 16 KiB of them, which leave room in the
// first-level cache, but of small ones so many that the sums of dW pay for being loaded and stored.
constexpr uint32_t conv2d_group(const Conv2dDims& d) {
  constexpr size_t kFloats = 4096, kPixels = 32;
  const size_t near = kFloats / std::max<size_t>(1, padded_image(d));
  const size_t long_enough = kPixels / std::max(1u, d.oh() * d.ow());
  const size_t group = std::max({near, long_enough, size_t{1}});
  return static_cast<uint32_t>(std::min<size_t>(group, std::max(1u, d.n)));
}

// Images whose x and dy share the first-level cache, but of small ones so many that the sums pay
// for being loaded and stored.
constexpr uint32_t conv2d_places_group(const Conv2dDims& d) {
  constexpr size_t kFloats = 6144, kPixels = 64;
  const size_t pixels = std::max<size_t>(1, size_t{d.oh()} * d.ow());
  const size_t near = kFloats / std::max<size_t>(1, size_t{d.h} * d.w * d.in + pixels * d.out);
  const size_t group = std::max({near, kPixels / pixels, size_t{1}});
  return static_cast<uint32_t>(std::min<size_t>(group, std::max(1u, d.n)));
}
// Two for each output at each place of the window.
constexpr size_t conv2d_places_numbers(const Conv2dDims& d) {
  return size_t{2} * d.kh * d.kw * conv2d_places_group(d) * d.oh() * d.ow();
}
// Whether dW is summed place by place of the window, over the pixels of x that it meets: of whole
// vectors of channels, and unless the list of them would be long. `padded`: x is.
constexpr bool conv2d_by_places(const Conv2dDims& d, bool padded) {
  constexpr size_t kMostNumbers = 40'000;
  return !padded && d.in % 4 == 0 && d.out % 4 == 0 && conv2d_places_numbers(d) <= kMostNumbers;
}

struct Range {
  uint32_t begin, end;
};
// Lent memory, two numbers to a range; null when nothing is known.
struct Ranges {
  uint32_t* numbers = nullptr;

  explicit operator bool() const { return numbers != nullptr; }
  Range operator[](size_t i) const { return {numbers[2 * i], numbers[2 * i + 1]}; }
  void set(size_t i, Range range) const {
    numbers[2 * i] = range.begin;
    numbers[2 * i + 1] = range.end;
  }
  Ranges from(size_t i) const { return {numbers == nullptr ? nullptr : numbers + 2 * i}; }
};

// x: [n, h, w, in], or already with its padding around (pad_pixels.hpp).
struct ConvInput {
  const float* floats;
  bool padded = false;
  // Of every row of padded images, the padding's too: the outputs along a row of y whose windows
  // see pixels there that are not zero, and perhaps a few more.
  Ranges seen = {};

  ConvInput(const float* x) : floats(x) {}
  ConvInput(const float* padded_x, Ranges seen_outputs)
      : floats(padded_x), padded(true), seen(seen_outputs) {}
};

// Memory that the caller lends to the functions below; what is in it is lost.
struct Conv2dScratch {
  float* floats;      // conv2d_floats of them
  uint32_t* numbers;  // conv2d_numbers of them
};
constexpr uint32_t conv2d_largest_group(const Conv2dDims& d) {
  const uint32_t group = conv2d_group(d);
  return conv2d_by_places(d, false) ? std::max(group, conv2d_places_group(d)) : group;
}
constexpr size_t conv2d_image_floats(const Conv2dDims& d) {
  return d.padding == 0 ? 0 : conv2d_largest_group(d) * padded_image(d);
}
// Of a group the padded images, and W in panels of eight columns, or such a panel of dy, or W with
// the output channel first; or else the places of W, each transposed and filled up to whole panels.
constexpr size_t conv2d_floats(const Conv2dDims& d) {
  constexpr size_t kColumns = 8;
  const auto whole = [](size_t columns) { return (columns + kColumns - 1) / kColumns * kColumns; };
  const size_t panels =
      std::max<size_t>(d.patch() * whole(d.out), kColumns * conv2d_group(d) * d.oh() * d.ow());
  const size_t places = size_t{d.kh} * d.kw * d.out * whole(d.in);
  return std::max(conv2d_image_floats(d) + panels, places);
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
  const size_t pairs = conv2d_by_places(d, false) ? conv2d_places_numbers(d) : 0;
  const size_t pixels = size_t{conv2d_largest_group(d)} * d.oh() * d.ow();
  const size_t few = conv2d_vector_numbers(d) + d.out * (2 * pixels + 3);
  return std::max({patches, pairs, conv2d_may_be_sparse(d) ? few : 0});
}

// y: [n, oh, ow, out]  x: [n, h, w, in]  W: [kh, kw, in, out]  b: [out], or null for none. Nothing
// may overlap. `rectified`: relu(y) instead.
void conv2d_forward(float* y, const ConvInput& x, const float* w, const float* b,
                    Conv2dScratch scratch, const Conv2dDims& dims, bool rectified = false);
// dW: [kh, kw, in, out] += patchesᵀ·dy, db: [out] += Σ dy; null for what is not wanted. What a ReLU
// has handed on becomes dy group by group, and so is near when it is needed: all of it in its room
// if `write_dy`, otherwise of no more than a group.
void conv2d_backward_parameters(float* dw, float* db, const ConvInput& x, const Slopes& dy,
                                bool write_dy, Conv2dScratch scratch, const Conv2dDims& dims);
// dx: [n, h, w, in] += the patches dy·Wᵀ, each laid back to where it was taken from
void conv2d_backward_input(Sink dx, const float* dy, const float* w, Conv2dScratch scratch,
                           const Conv2dDims& dims);

}  // namespace downhill::kernels
