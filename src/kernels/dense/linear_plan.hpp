// Chooses how a dense layer, y = x·W + b or relu(x·W + b), is computed: dense products of floats,
// or sums over the nonzero pixels of byte images. An op makes one plan for each call, which is then
// the layer's forward and backward pass. The choice changes the time, never a bit, except for
// normalized images (sparse_images/pixels.hpp).
#pragma once

#include "kernels/algorithms.hpp"
#include "kernels/dense/matmul.hpp"
#include "kernels/elementwise/grad_target.hpp"
#include "kernels/scratch.hpp"
#include "kernels/sparse_images/pixels.hpp"
#include "kernels/sparse_images/sparse_blocks.hpp"
#include "kernels/sparse_images/sparse_pixels.hpp"

namespace downhill::kernels {

class LinearPlan {
 public:
  // pixels: the byte images that are x, or null.  relu: y is relu(x·W + b).  backward: whether
  // backward() will be called; memory that only it needs is left out otherwise.
  LinearPlan(MatmulDims dims, const Pixels* pixels, bool relu, bool backward,
             const Scratch& scratch);

  // False: x is read from the pixels, and the argument x below may be null.
  bool reads_floats() const { return form_ == SparseForm::none; }

  // y: [n, out]  x: [n, in]  W: [in, out]  b: [out], or null for none
  void forward(float* y, const float* x, const float* w, const float* b) const;
  // dW: [in, out] += xᵀ·dz, db: [out] += Σ dz, dx: [n, in] += dz·Wᵀ, in this order; for dz see
  // UpstreamGrad. Each may be null, and dx must be null where x is read from the pixels.
  void backward(GradTarget dw, float* db, float* dx, const float* x, const float* w,
                UpstreamGrad dy) const;

 private:
  void plan_pixels(const Scratch& scratch);
  void plan_blocks(bool backward, const Scratch& scratch);

  MatmulDims dims_;
  bool relu_;
  float* dz_ = nullptr;  // [n, out], with a ReLU
  // For a layer that reads pixels. If a byte of 0 means some z instead of 0, z's share of the sums
  // is added separately.
  SparseForm form_ = SparseForm::none;
  Pixels pixels_{};
  bool zero_counts_ = false;
  float* row_ = nullptr;                      // [out]
  const float* values_above_zero_ = nullptr;  // [256], each value minus that of a byte of 0
  const SparsePixels* sparse_pixels_ = nullptr;
  PixelColumns columns_{};
  float* strip_ = nullptr;
  const SparseBlocks* blocks_ = nullptr;
  BlockValues values_{};
  std::span<BlockTerm> terms_;
};

}  // namespace downhill::kernels
