// The first layer on images as bytes: y = x·W + b and the gradient of W, of the pixels that are not
// zero alone. About 81 % of MNIST's are; adding x·W of a zero changes no sum (matmul.hpp), so the
// bits are those of the dense products in the same order. Nothing here allocates; the caller lends
// the memory.
//
// With several outputs a pixel that counts is one "dot", its place and its byte in one number; the
// forward takes the dots image by image, dW takes them pixel by pixel. With one output, whose sum
// is sixteen partial ones, blocks of sixteen pixels are left out that are all zero.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace downhill::kernels {

// The pixels of one image that are not zero, in their order: each is place·256 + byte.
using Dots = std::span<const uint32_t>;

struct Pixels {
  const uint8_t* const* images;  // `count` addresses of `size` bytes each
  uint32_t count, size;
  const float* map;            // 256 floats: the value of each byte
  const Dots* dots = nullptr;  // [count], where somebody knows them already
};

// x: [count, size], the values of the bytes.
void pixels_to_floats(float* x, const Pixels& pixels);

// Whether zeros can be left out of a layer of so many outputs, and are known here. Otherwise the
// dense products do it. With one output the bytes must mean fractions: 0, 1/255, … 1.
//
// Where a byte of 0 means z, not 0, as it does in normalized images, x is z + f: the share of z is
// the same for every image and is added once, the share of f is left out where f is 0.
bool skips_zeros(const Pixels& pixels, uint32_t out);

// --- Four outputs or more

// Where the dots are not known, they are found in two steps: the words of eight bytes that are not
// all zero, without a branch to guess, and then their bytes.
struct Words {
  uint32_t* ends;    // [count] of the images, in `places`
  uint32_t* places;  // of the first pixel; there must be room for count·size/8
};
uint32_t find_words(Words words, const Pixels& pixels);  // gives how many there are
// Gives how many there are. There must be room for eight dots of every word and, of every image,
// for the pixels behind its last whole word.  of_images: [count]
uint32_t find_dots(Dots* of_images, uint32_t* room, const Words& words, const Pixels& pixels);

// What a dot adds: its f times the row that begins at float `row` of a matrix.
struct Term {
  uint32_t row;
  float f;
};
// Those of images, whose rows are W's, or of pixels, whose rows are dy's.
struct Terms {
  uint32_t* ends;  // in `terms`
  Term* terms;     // as many as there are dots
};
// In the order of pixels, image by image. ends: [count]  stride: from row to row of W
void terms_of_images(Terms terms, const Dots* of_images, const Pixels& pixels, uint32_t stride);
// In the order of images, pixel by pixel. ends: [size]  stride: from row to row of dy
void terms_of_pixels(Terms terms, const Dots* of_images, const Pixels& pixels, uint32_t stride);
// start: [out] = b + z·Σ W[k] over all pixels k, summed as reduce.hpp sums.  b may be null.
void zeros_forward(float* start, const float* w, const float* b, const Pixels& pixels,
                   uint32_t out);
// dW[k] += z·Σ dy[i] for every pixel k, summed over the images in their order.  sums: [out], lent
void zeros_backward_weight(float* dw, const float* dy, float* sums, const Pixels& pixels,
                           uint32_t out);
// y: [images, out] = start + f·W.  W: [size, out]  start: [out], or null for none.
void terms_forward(float* y, const float* w, const float* start, const Terms& of_images,
                   uint32_t images, uint32_t out);
// dW: [pixels, out] += fᵀ·dy
void terms_backward_weight(float* dw, const float* dy, const Terms& of_pixels, uint32_t pixels,
                           uint32_t out);

// --- One output

// The blocks of sixteen pixels that are not all zero, of every image.
struct Blocks {
  uint32_t* ends;    // [count] of the images, in `places`
  uint32_t* places;  // of the first pixel, at most count·size/16
  float* values;     // sixteen to a block, written by the forward
};
uint32_t find_blocks(Blocks blocks, const Pixels& pixels);  // ends and places
// y: [count] = x·w + b.  w: [size]  b: one number, or null for none.
void blocks_forward(float* y, const float* w, const float* b, const Blocks& blocks,
                    const Pixels& pixels);
// dw: [size] += xᵀ·dy
void blocks_backward_weight(float* dw, const float* dy, const Blocks& blocks, const Pixels& pixels);

}  // namespace downhill::kernels
