// How the element-wise operations enter the tape: the same few lines for every function of
// kernels/unary.hpp and kernels/binary.hpp. Not for use outside ops/.
#pragma once

#include <string>

#include "autograd/record.hpp"
#include "kernels/elementwise/binary.hpp"
#include "kernels/elementwise/grad_target.hpp"
#include "kernels/elementwise/unary.hpp"

namespace downhill {

// y = f(x);  dx += dy·f'(x)
template <class Function>
Var record_unary(Var x, Function f = {}) {
  Tape* tape = Tape::of(Function::kName, {x});
  if (tape == nullptr) return {};
  const size_t size = x.size();
  return tape->record(
      Function::kName, x.shape(), {x},
      [=](float* y) { kernels::map_forward<Function>(y, x.data(), size, f); },
      [=](const float* y, const float* dy) {
        kernels::map_backward<Function>(x.overwritable_grad_target(), x.data(), y, dy, size, f);
      });
}

// The walk over `result`, to which the operands' shapes must broadcast.
kernels::BroadcastDims broadcast_dims(const Shape& a, const Shape& b, const Shape& result);

// "a is [2, 3], b is [4]: they cannot be broadcast"
std::string cannot_broadcast(const Shape& a, const Shape& b);

// y = f(a, b);  da += Σ dy·∂f/∂a, db += Σ dy·∂f/∂b
template <class Function>
Var record_binary(Var a, Var b) {
  Tape* tape = Tape::of(Function::kName, {a, b});
  if (tape == nullptr) return {};
  const std::optional<Shape> shape = broadcast(a.shape(), b.shape());
  if (!shape) return tape->fail(Function::kName, cannot_broadcast(a.shape(), b.shape()));
  const kernels::BroadcastDims dims = broadcast_dims(a.shape(), b.shape(), *shape);
  return tape->record(
      Function::kName, *shape, {a, b},
      [=](float* y) { kernels::broadcast_forward<Function>(y, a.data(), b.data(), dims); },
      [=](const float*, const float* dy) {
        float* da = a.grad_target();
        float* db = b.grad_target();
        kernels::broadcast_backward<Function>(da, db, a.data(), b.data(), dy, dims);
      });
}

}  // namespace downhill
