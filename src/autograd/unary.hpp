// Puts a function of one number on the tape, given its value and its derivative. Knows no function.
#pragma once

#include "autograd/tape.hpp"
#include "kernels/elementwise/grad_target.hpp"
#include "kernels/elementwise/unary.hpp"
#include "simd/f32x4.hpp"

namespace downhill {

// y = f(x), element by element, four at a time. `function`: see kernels/elementwise/unary.hpp.
template <class Function>
Var unary(const char* op, Var x, Function function, Saved saved = Saved::values) {
  Tape* tape = Tape::of(op, {x});
  if (tape == nullptr) return {};
  const float* px = x.data();
  const size_t size = x.size();
  return tape->record(
      op, x.shape(), {x}, [=](float* y) { kernels::map_forward(y, px, size, function); },
      [=](const float* y, const float* dy) {
        kernels::map_backward(x.overwritable_grad_target(), px, y, dy, size, function);
      },
      saved);
}

// y = value(x);  dx += dy·derivative(x, y)
//   value: f32x4 -> f32x4, derivative: (f32x4 x, f32x4 y) -> f32x4
template <class Value, class Derivative>
Var unary(const char* op, Var x, Value value, Derivative derivative) {
  using V = simd::f32x4;
  struct Function {
    Value f;
    Derivative df;
    V value(V v) const { return f(v); }
    V slope(V v, V y) const { return df(v, y); }
  };
  return unary(op, x, Function{value, derivative});
}

}  // namespace downhill
