#include "nn/activations.hpp"

#include "autograd/dual_unary.hpp"
#include "autograd/unary.hpp"
#include "simd/math.hpp"

namespace downhill {
namespace {

using V = simd::f32x4;

// An activation that is no op of autograd is written here, for a Var with unary() and for a Dual with
// dual_unary(): its value, its derivative and its second derivative, which may use y where that is
// cheaper:
//   Var swish(Var x) {
//     return unary("swish", x, [](V v) { return v * simd::sigmoid(v); }, [](V v, V y) { … });
//   }
//   Dual swish(Dual x) {
//     return dual_unary(x, swish(x.primal), [](V v, V y) { … }, [](V v, V y) { … });
//   }
template <class X>
X apply(ActivationKind kind, X x) {
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

}  // namespace

Var activate(ActivationKind kind, Var x) { return apply(kind, x); }
Dual activate(ActivationKind kind, Dual x) { return apply(kind, x); }

}  // namespace downhill
