// A first layer of one output on the nonzero pixels of images (pixels.hpp). Nothing here allocates; the caller
// lends the memory.
#pragma once

#include "kernels/sparse_images/pixels.hpp"

namespace downhill::kernels {

// Where the blocks are not known. Gives how many rows there are.
// of_images: [count]  scratch: for count·size/16 rows and one more
size_t find_sparse_blocks(SparseBlocks* of_images, BlockRow* scratch, const Pixels& pixels);

// What the bytes of blocks count.
struct BlockValues {
  const float* above;  // [256], beyond a byte of 0
  bool fractions;      // they are 0, 1/255, … 1, which needs no table
};
BlockValues block_values(const float* above);

// A row as the way back takes it, which then need not make its values again, nor stop at the end of
// each image, which is hard to foresee.
struct BlockTerm {
  float values[4][4];
  uint16_t offsets[4];
  uint32_t image;
};

// y: [images] = f·w + start.  w: [size].  terms: one for each row of all images, or null
void sparse_blocks_forward(float* y, const float* w, float start, const SparseBlocks* of_images,
                           const BlockValues& values, uint32_t images, BlockTerm* terms);
// dw: [size] += fᵀ·dy, of the terms of all images.   dy: [images]
void sparse_blocks_backward_weight(float* dw, const float* dy, std::span<const BlockTerm> terms);

}  // namespace downhill::kernels
