// A first layer of one output on the ink of images (pixels.hpp). Nothing here allocates; the caller
// lends the memory.
#pragma once

#include "kernels/sparse_images/pixels.hpp"

namespace downhill::kernels {

// Where the quads are not known. Gives how many rows there are.
// of_images: [count]  room: for count·size/16 rows and one more
size_t find_quads(Quads* of_images, QuadRow* room, const Pixels& pixels);

// What the bytes of quads count.
struct QuadValues {
  const float* above;  // [256], beyond a byte of 0
  bool fractions;      // they are 0, 1/255, … 1, which needs no table
};
QuadValues quad_values(const float* above);

// A row as the way back takes it, which then need not make its values again, nor stop at the end of
// each image, which is hard to foresee.
struct QuadTerm {
  float values[4][4];
  uint16_t places[4];
  uint32_t image;
};

// y: [images] = f·w + start.  w: [size].  terms: one for each row of all images, or null
void quads_forward(float* y, const float* w, float start, const Quads* of_images,
                   const QuadValues& values, uint32_t images, QuadTerm* terms);
// dw: [size] += fᵀ·dy, of the terms of all images.   dy: [images]
void quads_backward_weight(float* dw, const float* dy, std::span<const QuadTerm> terms);

}  // namespace downhill::kernels
