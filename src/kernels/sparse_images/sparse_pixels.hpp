// A first layer of four outputs or more on the nonzero pixels of images (pixels.hpp): the forward
// takes their pixels image by image, dW pixel by pixel, so that what is added to stays in
// registers. Nothing here allocates; the caller lends the memory.
#pragma once

#include "kernels/dense/matmul.hpp"
#include "kernels/elementwise/grad_target.hpp"
#include "kernels/sparse_images/pixels.hpp"

namespace downhill::kernels {

// Where the pixels are not known, they are found in two steps: the words of eight bytes that are
// not all zero, without a branch to guess, and then their bytes.
struct NonzeroWords {
  uint32_t* ends;     // [count] of the images, in `offsets`
  uint32_t* offsets;  // of the first pixel; there must be room for count·size/8
};
uint32_t find_nonzero_words(NonzeroWords words, const Pixels& pixels);  // gives how many there are
// Gives how many there are. There must be room for eight pixels of every word and, of every image,
// for the pixels behind its last whole word.  of_images: [count]
uint32_t find_sparse_pixels(SparsePixels* of_images, uint32_t* scratch, const NonzeroWords& words,
                            const Pixels& pixels);

// y: [n, out] = start + f·W, where f is `above` of a byte.  W: [in, out]  start: [out], or null for
// none.  above: [256]  scratch: [strip_scratch(in)], lent  relu: [n, out], for relu(y) too, or null
void sparse_pixels_forward(float* y, const float* w, const float* start,
                           const SparsePixels* of_images, const float* above, MatmulDims dims,
                           float* scratch, float* relu = nullptr);
size_t strip_scratch(uint32_t size);

// The pixels once more, in the order of pixels, of 256 images at most. Each is image·256 + byte.
struct PixelColumns {
  uint16_t** ends;    // [in], of the entries of every pixel
  uint16_t* entries;  // [in, column_capacity(n)]
};
uint32_t column_capacity(uint32_t images);
// dW: [in, out] += fᵀ·dy, db: [out] += Σ dy, or null   columns, scratch: lent, as above
void sparse_pixels_backward(GradTarget dw, float* db, const UpstreamGrad& dy,
                            const SparsePixels* of_images, const float* above, MatmulDims dims,
                            PixelColumns columns, float* scratch);

}  // namespace downhill::kernels
