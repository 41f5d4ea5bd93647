// Chooses what a convolution, y = x ∗ W + b or relu(x ∗ W + b), reads: floats, or byte images that
// are padded once for both passes. It also lends the convolution its memory. An op makes one plan
// for each call, which is then the layer's forward and backward pass. The choice changes the time,
// never a bit.
#pragma once

#include "kernels/conv/conv.hpp"
#include "kernels/scratch.hpp"
#include "kernels/sparse_images/pixels.hpp"

namespace downhill::kernels {

// Which gradients will be asked for. Memory that only they need is left out otherwise.
struct Conv2dGrads {
  bool any, of_input;
};

class Conv2dPlan {
 public:
  // pixels: the byte images that are x, or null.  relu: y is relu(x ∗ W + b).
  Conv2dPlan(const Conv2dDims& dims, const Pixels* pixels, bool relu, Conv2dGrads grads,
             const Scratch& scratch);

  // False: x is read from the pixels, and the argument x below may be null.
  bool reads_floats() const { return padded_ == nullptr; }

  // y: [n, oh, ow, out]  x: [n, h, w, in]  W: [kh, kw, in, out]  b: [out], or null for none
  void forward(float* y, const float* x, const float* w, const float* b) const;
  // dW += patchesᵀ·dz, db += Σ dz, dx += dz·Wᵀ, each patch added back to its window, in this order;
  // dz: see UpstreamGrad. Each may be null.
  void backward(float* dw, float* db, GradTarget dx, const float* x, const float* w,
                UpstreamGrad dy) const;

 private:
  Conv2dDims dims_;
  bool relu_;
  Conv2dScratch scratch_;
  float* dz_ = nullptr;      // with a ReLU
  Pixels pixels_{};          // of a convolution that reads them
  float* padded_ = nullptr;  // the images of the pixels, with their padding
  Ranges nonzero_{};         // where they are not zero
};

}  // namespace downhill::kernels
