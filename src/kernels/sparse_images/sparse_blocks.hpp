// A first dense layer of one output, from the sparse blocks of byte images (pixels.hpp). Nothing
// here allocates; the caller lends the memory.
#pragma once

#include "kernels/sparse_images/pixels.hpp"

namespace downhill::kernels {

// Lists the blocks of images that carry no list, and returns the number of rows.
// of_images: [count]  scratch: count·size/16 + 1 rows
size_t find_sparse_blocks(SparseBlocks* of_images, BlockRow* scratch, const Pixels& pixels);

// The values of a block's bytes.
struct BlockValues {
  const float* above;  // [256], each value minus that of a byte of 0
  bool fractions;      // they are 0, 1/255, … 1, which needs no table
};
BlockValues block_values(const float* above);

// A row as the forward pass saves it for the backward pass, which then neither computes the values
// again nor stops at the end of each image, where a branch is hard to predict.
struct BlockTerm {
  float values[4][4];
  uint16_t offsets[4];
  uint32_t image;
};

// y: [images] = f·w + start.  w: [size]  terms: one for each row of all images, or null
void sparse_blocks_forward(float* y, const float* w, float start, const SparseBlocks* of_images,
                           const BlockValues& values, uint32_t images, BlockTerm* terms);
// dw: [size] += fᵀ·dy, from the terms of all images.  dy: [images]
void sparse_blocks_backward_weight(float* dw, const float* dy, std::span<const BlockTerm> terms);

}  // namespace downhill::kernels
