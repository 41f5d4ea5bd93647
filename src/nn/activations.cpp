#include "nn/activations.hpp"

#include "autograd/elementwise.hpp"
#include "autograd/ops.hpp"

namespace downhill {

// An activation is a function of kernels/elementwise/unary.hpp: value and slope, written once.
Var activate(ActivationKind kind, Var x) {
  switch (kind) {
    case ActivationKind::relu:
      return relu(x);  // the operation before it applies it
    case ActivationKind::leaky_relu:
      return record_unary(x, kernels::LeakyRelu{.negative = 0.01f});  // PyTorch's default
    case ActivationKind::sigmoid:
      return record_unary<kernels::Sigmoid>(x);
    case ActivationKind::tanh:
      return record_unary<kernels::Tanh>(x);
    case ActivationKind::gelu:
      return record_unary<kernels::Gelu>(x);
  }
  return {};
}

}  // namespace downhill
