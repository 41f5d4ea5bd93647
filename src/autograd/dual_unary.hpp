// Puts the tangent of a function of one number on the tape, given its first two derivatives. Knows
// no function.
#pragma once

#include "autograd/dual.hpp"
#include "kernels/elementwise/unary.hpp"
#include "simd/f32x4.hpp"

namespace downhill {

// t = f'(x)·v;  dx += dt·f''(x)·v, dv += dt·f'(x), element by element.
//   first, second: (f32x4 x, f32x4 y) -> f32x4, f' and f'' at x, where y = f(x)
template <class First, class Second>
Dual dual_unary(Dual x, Var value, First first, Second second) {
  using V = simd::f32x4;
  if (!x.moves()) return Dual(value);
  Tape* tape = Tape::of("tangent", {x.primal, x.tangent, value});
  if (tape == nullptr) return {value, value};
  const Var in = x.primal, along = x.tangent;
  const float *px = in.data(), *py = value.data(), *pv = along.data();
  const size_t size = in.size();
  const auto at = [=](const float* p, size_t i, unsigned lanes) {
    return kernels::load<V>(p + i, lanes);
  };
  const auto add = [=](float* to, const float* dt, auto slope) {
    kernels::for_each_vector(size, [=](size_t i, unsigned lanes) {
      kernels::store(to + i, at(to, i, lanes) + at(dt, i, lanes) * slope(i, lanes), lanes);
    });
  };
  const auto slope = [=](size_t i, unsigned lanes) {
    return first(at(px, i, lanes), at(py, i, lanes));
  };
  const auto bend = [=](size_t i, unsigned lanes) {
    return second(at(px, i, lanes), at(py, i, lanes)) * at(pv, i, lanes);
  };
  const Var tangent = tape->record(
      "tangent", in.shape(), {in, along},
      [=](float* t) {
        kernels::for_each_vector(size, [=](size_t i, unsigned lanes) {
          kernels::store(t + i, slope(i, lanes) * at(pv, i, lanes), lanes);
        });
      },
      [=](const float*, const float* dt) {
        if (float* dx = in.grad_target()) add(dx, dt, bend);
        if (float* dv = along.grad_target()) add(dv, dt, slope);
      });
  return {value, tangent};
}

}  // namespace downhill
