// Byte images as the input of a first dense layer that reads only their nonzero pixels, about 19 of
// 100 in MNIST. A zero adds nothing to any sum (matmul.hpp), so y = x·W + b and dW have the bits of
// the dense products.
//
// In normalized images a byte of 0 means some z instead of 0. There x is z + f: z's share is the
// same for every image and is added first, once for all, and f's share is skipped where f is 0.
// These sums round differently from dense products over the same images as floats.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "kernels/algorithms.hpp"

namespace downhill::kernels {

// The nonzero pixels of one image in order, each index·256 + byte (sparse_pixels.hpp).
using SparsePixels = std::span<const uint32_t>;

// The blocks of four neighbouring pixels of one image that are not all zero (sparse_blocks.hpp). A
// layer of one output has sixteen partial sums, which are four vectors; block v of a row adds to
// vector v. So a row has one block for each vector, from anywhere in the image, and no partial sum
// waits for another. Blocks of zeros fill up the last rows.
struct BlockRow {
  uint16_t offsets[4];  // of the first pixel; offsets[v] is 4·v modulo 16
  uint8_t bytes[4][4];
};
using SparseBlocks = std::span<const BlockRow>;

struct Pixels {
  const uint8_t* const* images;  // `count` addresses of `size` bytes each
  uint32_t count, size;
  const float* map;                             // [256], the value of each byte
  const SparsePixels* sparse_pixels = nullptr;  // [count]; null: not listed yet
  const SparseBlocks* sparse_blocks = nullptr;  // likewise
};

// x: [count, size], the values of the bytes.
void pixels_to_floats(float* x, const Pixels& pixels);

// above: [256], the value of each byte minus the value of a byte of 0.
void values_above_zero(float* above, const float* map);
// start: [out] = b + z·Σ W[k] over all pixels k, summed as in reduce.hpp.  b: [out], or null
void zeros_forward(float* start, const float* w, const float* b, const Pixels& pixels,
                   uint32_t out);
// dW[k] += z·Σ dy[i] for every pixel k, summed over the images in order.
// dW: [size, out]  dy: [count, out]  sums: [out], scratch
void zeros_backward_weight(float* dw, const float* dy, float* sums, const Pixels& pixels,
                           uint32_t out);

}  // namespace downhill::kernels
