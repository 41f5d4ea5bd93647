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

namespace downhill::kernels {

struct Pixels {
  const uint8_t* const* images;  // `count` addresses of `size` bytes each
  uint32_t count, size;
  const float* map;  // 256 floats: the value of each byte
};

// x: [count, size], the values of the bytes.
void pixels_to_floats(float* x, const Pixels& pixels);

// Whether zeros can be left out of a layer of so many outputs, and are known here. Otherwise the
// dense products do it.
constexpr bool skips_zeros(const Pixels& pixels, uint32_t out) {
  constexpr uint32_t kMostImages = 1u << 24;  // a dot has 24 bits for a place
  return pixels.map[0] == 0.0f && pixels.count < kMostImages && pixels.size < kMostImages &&
         (out == 1 ? pixels.size % 16 == 0 : out >= 4);
}

// --- Four outputs or more

// In rows: of images, with pixels as places, or the other way round.
struct Dots {
  uint32_t* ends;  // of the rows, in `dots`
  uint32_t* dots;  // place·256 + byte
};

// The dots of the images, in the order of pixels. Gives how many there are, at most count·size, for
// which there must be room.  ends: [count]  words: [count·size/8], lent
uint32_t find_dots(Dots of_images, uint32_t* words, const Pixels& pixels);
// The same dots, pixel by pixel, each in the order of images. ends: [size]
void turn_dots(Dots of_pixels, Dots of_images, const Pixels& pixels);
// y: [count, out] = x·W + b.  W: [size, out]  b: [out], or null for none.
void dots_forward(float* y, const float* w, const float* b, Dots of_images, const Pixels& pixels,
                  uint32_t out);
// dW: [size, out] += xᵀ·dy
void dots_backward_weight(float* dw, const float* dy, Dots of_pixels, const Pixels& pixels,
                          uint32_t out);

// --- One output

// The blocks of sixteen pixels that are not all zero, of every image.
struct Blocks {
  uint32_t* ends;    // [count] of the images, in `places`
  uint32_t* places;  // of the first pixel, at most count·size/16
  float* values;     // sixteen to a block
};
uint32_t find_blocks(Blocks blocks, const Pixels& pixels);
// y: [count] = x·w + b.  w: [size]  b: one number, or null for none.
void blocks_forward(float* y, const float* w, const float* b, const Blocks& blocks,
                    const Pixels& pixels);
// dw: [size] += xᵀ·dy
void blocks_backward_weight(float* dw, const float* dy, const Blocks& blocks, const Pixels& pixels);

}  // namespace downhill::kernels
