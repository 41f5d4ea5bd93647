// The gradients of a convolution from those numbers of dy that are not zero: behind a max pool of
// n×n pixels one in n². Each has to do with one window, whose rows are contiguous in a padded
// image, so sums go along such rows, for one output channel at a time. They are the sums of
// conv.hpp, to the bit. Not for use outside conv.cpp.
#pragma once

#include "kernels/conv/conv_group.hpp"

namespace downhill::kernels {

// The vectors of dy that are not all zero, of the images of a group, as long as they are few.
class FewVectors {
 public:
  struct Vector {
    uint32_t at, channel, window;  // in dy; its first one; where the window begins in the images
  };

  FewVectors(uint32_t* memory, const Conv2dDims& d);
  // Whether they are few in dy: [count, oh, ow, out]. Once they were not, it does not look again.
  bool find(const float* dy, uint32_t count);
  Vector operator[](size_t i) const {
    return {numbers_[3 * i], numbers_[3 * i + 1], numbers_[3 * i + 2]};
  }
  size_t count() const { return count_; }
  uint32_t* memory_behind() const { return numbers_ + conv2d_vector_numbers(d_); }

 private:
  Conv2dDims d_;
  uint32_t* numbers_;
  size_t count_ = 0;
  bool few_;
};

// dW, group by group, as long as these vectors are few.
class SparseWeightGrad {
 public:
  // `dw` may be null.
  SparseWeightGrad(float* dw, Conv2dScratch scratch, const Conv2dDims& d);
  // Whether they are in dy: [count, oh, ow, out]. If not, and from then on, others add to dW.
  bool takes(const float* dy, uint32_t count);
  // dW += patchesᵀ·dy, of the dy that was taken last. The images are padded.
  void add(const Images& images, const float* dy);
  // What was added comes to dW.
  void finish();

 private:
  void list(uint32_t images, const float* dy);

  Conv2dDims d_;
  float* dw_;
  float* sums_;  // those of dW with the output channel first: [out, kh, kw·in]
  FewVectors vectors_;
  uint32_t* ends_;  // [out], where the lists end
  uint32_t* list_;  // of a channel two numbers for each of dy: where its window is, its bits
  size_t of_channel_ = 0;
  bool transposed_ = false;  // the sums are in sums_
};

// dx, group by group, likewise.
class SparseInputGrad {
 public:
  SparseInputGrad(GradTarget dx, const float* w, Conv2dScratch scratch, const Conv2dDims& d);
  // dx += the patches dy·Wᵀ, of `count` images from `first` on, if the vectors are few in their
  // dy: [count, oh, ow, out]. If not, and from then on, others add to dx.
  bool add(const float* dy, uint32_t first, uint32_t count);

 private:
  size_t list(const float* dy);
  void begin(uint32_t first, uint32_t count);
  void end(uint32_t first, uint32_t count) const;

  Conv2dDims d_;
  GradTarget dx_;
  const float* from_;  // W
  float* images_;      // dx of a group, the padding's too; without padding where it is
  float* w_;           // the same with the output channel first: [out, kh, kw·in]
  FewVectors vectors_;
  uint32_t* pixels_;  // of an output pixel two numbers: where its window is, where its terms end
  uint32_t* terms_;   // two for each number of dy: where its W is, its bits
};

}  // namespace downhill::kernels
