// The gradients of a convolution from the nonzero numbers of dy: behind a max pool of n×n pixels
// one in n². Each number belongs to one window, whose rows are contiguous in a padded image, so the
// sums run along such rows, one output channel at a time. They are the sums of conv.hpp, to the
// bit. Not for use outside conv.cpp.
#pragma once

#include "kernels/conv/conv_group.hpp"

namespace downhill::kernels {

// The vectors of a group's dy that are not all zero, for as long as they are few.
class FewVectors {
 public:
  struct Vector {
    uint32_t at, channel,
        window;  // offset in dy, first output channel, offset of the window in the images
  };

  FewVectors(uint32_t* memory, const Conv2dDims& d);
  // Lists those of dy: [count, oh, ow, out], and returns whether they are few. After the first time
  // they are not, it returns false without looking.
  bool find(const float* dy, uint32_t count);
  Vector operator[](size_t i) const {
    return {numbers_[3 * i], numbers_[3 * i + 1], numbers_[3 * i + 2]};
  }
  size_t count() const { return count_; }
  uint32_t* scratch_behind() const { return numbers_ + conv2d_vector_numbers(d_); }

 private:
  Conv2dDims d_;
  uint32_t* numbers_;
  size_t count_ = 0;
  bool few_;
};

// dW, group by group, while those vectors are few.
class SparseWeightGrad {
 public:
  // dw: null if not wanted
  SparseWeightGrad(float* dw, Conv2dScratch scratch, const Conv2dDims& d);
  // Whether they are few in dy: [count, oh, ow, out]. If not, the sums so far are in dW, and from
  // then on another algorithm adds to it.
  bool takes(const float* dy, uint32_t count);
  // dW += patchesᵀ·dy, for the dy that takes() accepted last. The images have their padding.
  void add(const Images& images, const float* dy);
  // Writes the sums to dW.
  void finish();

 private:
  void list(uint32_t images, const float* dy);

  Conv2dDims d_;
  float* dw_;
  float* sums_;  // dW with the output channel first: [out, kh, kw·in]
  FewVectors vectors_;
  uint32_t* ends_;  // [out], the ends of the lists
  uint32_t* list_;  // per channel two numbers for each of dy: its window's offset, its bits
  size_t of_channel_ = 0;
  bool transposed_ = false;  // the sums are in sums_, not in dW
};

// dx, group by group, while those vectors are few.
class SparseInputGrad {
 public:
  SparseInputGrad(GradTarget dx, const float* w, Conv2dScratch scratch, const Conv2dDims& d);
  // If the vectors are few in dy: [count, oh, ow, out], adds dx of `count` images from `first` on,
  // and returns true. If not, and from then on, another algorithm adds to dx.
  bool add(const float* dy, uint32_t first, uint32_t count);

 private:
  size_t list(const float* dy);
  void begin(uint32_t first, uint32_t count);
  void end(uint32_t first, uint32_t count) const;

  Conv2dDims d_;
  GradTarget dx_;
  const float* from_;  // W
  float* images_;      // dx of a group with padding; without padding, dx itself
  float* w_;           // W with the output channel first: [out, kh, kw·in]
  FewVectors vectors_;
  uint32_t* pixels_;  // per output pixel two numbers: its window's offset, the end of its terms
  uint32_t* terms_;   // two numbers for each of dy: the offset of its W, its bits
};

}  // namespace downhill::kernels
