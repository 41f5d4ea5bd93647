// A first dense layer of four outputs or more, from the sparse pixels of byte images (pixels.hpp).
// The forward pass reads them image by image, dW pixel by pixel, so that the sums stay in
// registers. Nothing here allocates; the caller lends the memory.
#pragma once

#include "kernels/dense/matmul.hpp"
#include "kernels/elementwise/grad_target.hpp"
#include "kernels/sparse_images/pixels.hpp"

namespace downhill::kernels {

// Images that carry no list are searched in two steps: for words of eight bytes that are not all
// zero, without a branch, and then through the bytes of those words.
struct NonzeroWords {
  uint32_t* ends;     // [count], the end of each image's words in `offsets`
  uint32_t* offsets;  // [count·size/8], of the words' first pixels
};
uint32_t find_nonzero_words(NonzeroWords words, const Pixels& pixels);  // returns their number
// Returns the number of pixels.  of_images: [count]  scratch: eight numbers for each word, and size
// % 8 for each image
uint32_t find_sparse_pixels(SparsePixels* of_images, uint32_t* scratch, const NonzeroWords& words,
                            const Pixels& pixels);

// y: [n, out] = start + f·W, where f is above[byte].  W: [in, out]  start: [out], or null for none
// above: [256]  scratch: [strip_scratch(in)], lent. `relu`: relu(y) instead
void sparse_pixels_forward(float* y, const float* w, const float* start,
                           const SparsePixels* of_images, const float* above, MatmulDims dims,
                           float* scratch, bool relu = false);
size_t strip_scratch(uint32_t size);

// The same lists transposed: for each pixel, the images in which it is nonzero, each entry
// image·256 + byte. For at most 256 images.
struct PixelColumns {
  uint16_t** ends;    // [in], the end of each pixel's entries
  uint16_t* entries;  // [in, column_capacity(n)]
};
uint32_t column_capacity(uint32_t images);
// dW: [in, out] += fᵀ·dy  db: [out] += Σ dy, or null   columns, scratch: as above
void sparse_pixels_backward(GradTarget dw, float* db, const UpstreamGrad& dy,
                            const SparsePixels* of_images, const float* above, MatmulDims dims,
                            PixelColumns columns, float* scratch);

}  // namespace downhill::kernels
