#include "nn/activations.hpp"

#include "autograd/ops.hpp"
#include "autograd/unary.hpp"
#include "simd/math.hpp"

namespace downhill {
namespace {

using V = simd::f32x4;

}  // namespace

// An activation that is no op of autograd is written here with unary(): its value, and beside it
// its derivative, which may use y where that is cheaper:
//   return unary("swish", x, [](V v) { return v * simd::sigmoid(v); }, [](V v, V y) { … });
Var activate(ActivationKind kind, Var x) {
  switch (kind) {
    case ActivationKind::relu:
      return relu(x);
    case ActivationKind::leaky_relu:
      return leaky_relu(x);
    case ActivationKind::sigmoid:
      return sigmoid(x);
    case ActivationKind::tanh:
      return tanh(x);
    case ActivationKind::gelu:
      return gelu(x);
  }
  return {};
}

}  // namespace downhill
