// Numbers with a shape. A Tensor is a view (copying it copies nothing and owns nothing); a
// Parameter is a named pair of views, a value and the place of its gradient, that an optimizer
// steps. Neither knows the tape.
#pragma once

#include <algorithm>
#include <span>
#include <string>

#include "autograd/shape.hpp"

namespace downhill {

struct Tensor {
  float* data = nullptr;  // row-major, shape.size() floats; null: none
  Shape shape;

  explicit operator bool() const { return data != nullptr; }
  size_t size() const { return data == nullptr ? 0 : shape.size(); }
  std::span<float> span() const { return {data, size()}; }
  // The only element. Precondition: there is one.
  float item() const {
    assert(size() == 1);
    return *data;
  }
};

// Value and gradient live wherever the owner put them, in `nn` in parallel slabs. The memory of the
// gradient must be zero when the parameter is made, and is kept zero while there is no gradient,
// but for one that is stale: an optimizer may run over whole slabs without asking.
struct Parameter {
  std::string name;  // "layer1.weight"
  Tensor value;
  Tensor grad;                // same shape; PyTorch's `grad is None` is has_grad == false
  bool requires_grad = true;  // false: frozen, backward leaves it alone
  bool has_grad = false;      // the first backward that reaches the parameter sets it
  bool stale = false;         // in the place of the gradient is an old one, which counts as 0
  bool decays = true;  // weight decay shrinks it: weights do, biases and norms do not, as in fastai

  // Forgets the gradient, as optimizer.zero_grad() does. Without it the next backward adds to what
  // is there.
  void zero_grad() {
    std::ranges::fill(grad.span(), 0.0f);
    has_grad = stale = false;
  }
};

}  // namespace downhill
