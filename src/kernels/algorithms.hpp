// Which algorithm computes a layer. This is the one place that decides: the kernels, the ops and
// the loader, which lists nonzero pixels ahead of time, all ask here. The choice follows from the
// extents, from what a byte of 0 means, and from how many numbers of dy are nonzero. It changes the
// time, never a bit, except in a first dense layer on normalized images (sparse_images/pixels.hpp).
// README.md has the table in words and the measurements behind it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "kernels/conv/conv_dims.hpp"

namespace downhill::kernels {

// --- Dense layers on byte images, [n, in] -> [n, out]

enum class SparseForm : uint8_t {
  none,    // floats: dot products for one output, otherwise tiles (dense/tiles.hpp)
  pixels,  // the nonzero pixels of an image (sparse_images/sparse_pixels.hpp)
  blocks,  // its blocks of four pixels that are not all zero (sparse_images/sparse_blocks.hpp)
};

// The two lists follow the two orders of sums: one accumulator for each of several outputs
// (pixels), sixteen partial sums for a single output (blocks). So skipping zeros changes no bit.
// Strips of fewer than four outputs would not fill a vector.
constexpr SparseForm sparse_form(uint32_t in, uint32_t out) {
  constexpr uint32_t kMostPixels = 1u << 23;    // an index has 24 bits; one is spare
  constexpr uint32_t kMostInBlocks = 1u << 16;  // a block's offset has 16 bits
  if (out >= 4 && in < kMostPixels) return SparseForm::pixels;
  if (out == 1 && in % 16 == 0 && in <= kMostInBlocks) return SparseForm::blocks;
  return SparseForm::none;
}

// --- Convolutions: how many images are processed together

// As many images of `floats_per_image` as fit in `near` floats, but at least so many that each sum
// runs over `long_enough` output pixels: a shorter one would not pay for its load and store.
constexpr uint32_t conv2d_images(const Conv2dDims& d, size_t near, size_t floats_per_image,
                                 size_t long_enough) {
  const size_t pixels = std::max<size_t>(1, size_t{d.oh()} * d.ow());
  const size_t images =
      std::max({near / std::max<size_t>(1, floats_per_image), long_enough / pixels, size_t{1}});
  return static_cast<uint32_t>(std::min<size_t>(images, std::max(1u, d.n)));
}
// Window by window: about 16 KiB of padded images, which leaves half of the first-level cache.
constexpr uint32_t conv2d_group(const Conv2dDims& d) {
  return conv2d_images(d, 4096, padded_image(d), 32);
}
// Tap by tap: x and dy of a group share the first-level cache.
constexpr uint32_t conv2d_taps_group(const Conv2dDims& d) {
  const size_t pixels = size_t{d.oh()} * d.ow();
  return conv2d_images(d, 6144, size_t{d.h} * d.w * d.in + pixels * d.out, 64);
}
// The list of pairs (pixel of x, output) of all taps: two numbers for each output at each tap.
constexpr size_t conv2d_taps_numbers(const Conv2dDims& d) {
  return size_t{2} * d.kh * d.kw * conv2d_taps_group(d) * d.oh() * d.ow();
}

// --- Convolutions: which algorithm

// For y: where the rows of a window have three or five numbers, one row of weights stays in
// registers (conv/conv_rows.hpp), because a tile would take longer to start than to add. All other
// windows are computed in tiles.
constexpr bool conv2d_by_short_rows(const Conv2dDims& d) {
  const uint32_t run = d.kw * d.in;
  return (run == 3 || run == 5) && d.out % 4 == 0;
}
// For dW and dx: one nonzero number of dy after the other (conv/conv_sparse.hpp), until a group of
// images has more than conv2d_few() nonzero vectors of dy. Window rows must be whole vectors and
// long enough to pay for finding the nonzero numbers, and the lists must not be long.
constexpr bool conv2d_may_be_sparse(const Conv2dDims& d) {
  constexpr size_t kMostNumbers = 32'768;  // of dy per image: 360 KB of lists
  return d.out % 4 == 0 && d.kw * d.in % 4 == 0 && d.kw * d.in >= 16 &&
         size_t{d.oh()} * d.ow() * d.out <= kMostNumbers;
}
// How many nonzero vectors in dy of `count` images still count as few; about a quarter of the
// numbers of dy are nonzero then. Up to this limit dx's lists need no more memory than dW's.
constexpr size_t conv2d_few(const Conv2dDims& d, uint32_t count) {
  return size_t{count} * d.oh() * d.ow() * (d.out / 4) * 5 / 8;
}
// For dW of a dy with more nonzero vectors: tap by tap over x itself (conv/conv_taps.hpp) if the
// channels fill whole vectors and the list of pairs is not long, otherwise window by window over
// padded images. `padded`: x already has its padding. dx of such a dy always runs tap by tap.
constexpr bool conv2d_by_taps(const Conv2dDims& d, bool padded) {
  constexpr size_t kMostNumbers = 40'000;
  return !padded && d.in % 4 == 0 && d.out % 4 == 0 && conv2d_taps_numbers(d) <= kMostNumbers;
}
// For y and dW of byte images that get padding (without it they are read as floats, see
// conv/conv_plan.hpp): outputs whose windows see only zeros are skipped
// (sparse_images/pad_pixels.hpp). zero: the value of a byte of 0. Rows of one channel are searched
// 16 bytes at a time, and their nonzero pixels are the bits of one 64-bit number.
constexpr bool conv2d_skips_zeros(const Conv2dDims& d, float zero) {
  return zero == 0.0f && d.in == 1 && d.w >= 16 && d.w <= 64;
}

}  // namespace downhill::kernels
