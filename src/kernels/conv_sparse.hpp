// The gradients of a convolution from those numbers of dy that are not zero: behind a max pool of
// n×n pixels one in n². Each has to do with one window, whose rows are contiguous in a padded
// image, so sums go along such rows, for one output channel at a time. They are the sums of
// conv.hpp, to the bit. Not for use outside conv.cpp.
#pragma once

#include "kernels/conv_group.hpp"

namespace downhill::kernels {

// W, or the sums of dW, with the output channel first: [out, kh, kw·in].
struct Turned {
  float* data;
  uint32_t out, patch;

  Turned(float* memory, const Conv2dDims& d) : data(memory), out(d.out), patch(d.patch()) {}
  void read(const float* w) const;
  void write(float* w) const;
};

// dW, group by group, as long as dy has few such numbers.
class SparseWeights {
 public:
  // `dw` may be null.
  SparseWeights(float* dw, Conv2dScratch scratch, const Conv2dDims& d);
  // Whether they are few in dy: [count, oh, ow, out]. If not, and from then on, others add to dW.
  bool takes(const float* dy, uint32_t count);
  // dW += patchesᵀ·dy, of the dy that was taken last. The images are padded.
  void add(const Images& images, const float* dy);
  // What was added comes to dW.
  void finish();

 private:
  void list(const Images& images, const float* dy);

  Conv2dDims d_;
  float* dw_;
  Turned sums_;
  uint32_t *begins_, *ends_;  // [out], places in the list
  uint32_t* list_;  // channel by channel, two numbers for each of dy: where its window is, its bits
  bool going_, turned_ = false;  // they have been few so far; the sums are in sums_
};

// dx, group by group, likewise.
class SparseInput {
 public:
  SparseInput(Sink dx, const float* w, Conv2dScratch scratch, const Conv2dDims& d);
  // dx += the patches dy·Wᵀ, of `count` images from `first` on, if such numbers are few in their
  // dy: [count, oh, ow, out]. If not, and from then on, others add to dx.
  bool add(const float* dy, uint32_t first, uint32_t count);

 private:
  const uint32_t* find_terms(const float* dy) const;
  void begin(uint32_t first, uint32_t count);
  void end(uint32_t first, uint32_t count) const;

  Conv2dDims d_;
  Sink dx_;
  const float* from_;  // W
  float* images_;      // dx of a group, the padding's too; without padding where it is
  Turned w_;
  uint32_t* terms_;  // of an output pixel two numbers for each of dy: where its W is, its bits
  bool going_;
};

}  // namespace downhill::kernels
