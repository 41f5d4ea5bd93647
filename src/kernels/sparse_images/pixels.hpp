// Images as bytes, for a first layer that reads nothing but their nonzero pixels, the pixels that are not
// zero: of MNIST's about 19 of 100. Adding x·W of a zero changes no sum (matmul.hpp), so the bits
// of y = x·W + b and of dW are those of the dense products in the same order.
//
// Where a byte of 0 means z, not 0, as it does in normalized images, x is z + f: the share of z is
// the same for every image and is added once, the share of f is left out where f is 0.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace downhill::kernels {

// The nonzero pixels of one image for a layer of four outputs or more (sparse_pixels.hpp): pixel by pixel in their
// order, each index·256 + byte.
using SparsePixels = std::span<const uint32_t>;

// The nonzero pixels of one image for a layer of one output (sparse_blocks.hpp), whose sum is sixteen partial ones:
// four pixels that lie together, a block, go to four of them. A row has one block for each such four,
// whatever their offsets, so that no partial sum waits for another. SparseBlocks of zeros fill it up.
struct BlockRow {
  uint16_t offsets[4];  // of the first pixel; offsets[v] is 4·v modulo 16
  uint8_t bytes[4][4];
};
using SparseBlocks = std::span<const BlockRow>;

// Which of the two a layer takes; none, where dense products do it.
enum class SparseForm : uint8_t { none, pixels, blocks };

struct Pixels {
  const uint8_t* const* images;  // `count` addresses of `size` bytes each
  uint32_t count, size;
  const float* map;                             // 256 floats: the value of each byte
  const SparsePixels* sparse_pixels = nullptr;  // [count], where somebody knows them already
  const SparseBlocks* sparse_blocks = nullptr;  // likewise
};

// What a layer of `out` outputs takes of images of `size` pixels.
SparseForm sparse_form(uint32_t size, uint32_t out);

// x: [count, size], the values of the bytes.
void pixels_to_floats(float* x, const Pixels& pixels);

// above: [256], what a byte means beyond a byte of 0.
void values_above_zero(float* above, const float* map);
// start: [out] = b + z·Σ W[k] over all pixels k, summed as reduce.hpp sums.  b may be null.
void zeros_forward(float* start, const float* w, const float* b, const Pixels& pixels,
                   uint32_t out);
// dW[k] += z·Σ dy[i] for every pixel k, summed over the images in their order.  dW: [size,
// out], dy: [count, out], sums: [out], lent
void zeros_backward_weight(float* dw, const float* dy, float* sums, const Pixels& pixels,
                           uint32_t out);

}  // namespace downhill::kernels
