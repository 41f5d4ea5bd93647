// A first layer of four outputs or more on the ink of images (pixels.hpp): the forward takes their
// dots image by image, dW pixel by pixel, so that what is added to stays in registers. Nothing here
// allocates; the caller lends the memory.
#pragma once

#include "kernels/dense/matmul.hpp"
#include "kernels/sink.hpp"
#include "kernels/sparse_images/pixels.hpp"

namespace downhill::kernels {

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

// y: [n, out] = start + f·W, where f is `above` of a byte.  W: [in, out]  start: [out], or null for
// none.  above: [256]  room: [strip_room(in)], lent  relu: [n, out], for relu(y) too, or null
void dots_forward(float* y, const float* w, const float* start, const Dots* of_images,
                  const float* above, MatmulDims dims, float* room, float* relu = nullptr);
size_t strip_room(uint32_t size);

// The dots once more, in the order of pixels, of 256 images at most. Each is image·256 + byte.
struct DotColumns {
  uint16_t** ends;  // [in], of the dots of every pixel
  uint16_t* dots;   // [in, column_room(n)]
};
uint32_t column_room(uint32_t images);
// dW: [in, out] += fᵀ·dy, db: [out] += Σ dy, or null   columns, room: lent, as above
void dots_backward(Sink dw, float* db, const Slopes& dy, const Dots* of_images, const float* above,
                   MatmulDims dims, DotColumns columns, float* room);

}  // namespace downhill::kernels
