// Numbers with a shape. A Tensor is a view: copying it copies no numbers, and it owns nothing. A
// Parameter is a named pair of views, a value and its gradient, that an optimizer steps. Neither
// knows the tape.
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
  // The only element. Precondition: there is exactly one.
  float item() const {
    assert(size() == 1);
    return *data;
  }
};

// Value and gradient live in the owner's memory; in `nn` that is two parallel slabs. While there is
// no gradient its memory is zero (unless it is stale), so an optimizer may run over whole slabs
// without checking each parameter.
struct Parameter {
  std::string name;  // "layer1.weight"
  Tensor value;
  Tensor grad;                // same shape; PyTorch's `grad is None` is has_grad == false
  bool requires_grad = true;  // false: frozen, backward leaves it alone
  bool has_grad = false;      // set by the first backward pass that reaches the parameter
  bool stale = false;         // the memory holds an old gradient, which counts as 0
  bool decays = true;         // by weight decay: weights do, biases and norms do not, as in fastai

  // Forgets the gradient, as optimizer.zero_grad() does. Without it the next backward pass adds to
  // the old one.
  void zero_grad() {
    std::ranges::fill(grad.span(), 0.0f);
    has_grad = stale = false;
  }
};

}  // namespace downhill
