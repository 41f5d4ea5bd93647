// Functions of one number, each a pair: its value, and its slope or gradient beside it.
// map_forward() runs one over memory, tail included.
#pragma once

#include <cstddef>

#include "simd/f32x4.hpp"
#include "simd/math.hpp"

namespace downhill::kernels {

using simd::Lanes;

// The functions that kernels use inside their loops; those of ops stand in
// autograd/ops/elementwise.cpp. value(x), and slope(x, y) = dy/dx, which may use the value y where
// that is cheaper; or gradient(upstream, x, y), where that is not their product.
struct Abs {
  template <Lanes V>
  static V value(V x) {
    return abs(x);
  }
  template <Lanes V>
  static V slope(V x, V) {  // the sign; 0 at 0 and at NaN, as in PyTorch
    return one_where(x > V::zero()) - one_where(x < V::zero());
  }
};
// A closed unit has the gradient 0 whatever comes from above; y = NaN is open, as in PyTorch.
struct Relu {
  template <Lanes V>
  static V value(V x) {
    return pmax(x, V::zero());
  }  // NaN stays NaN
  template <Lanes V>
  static V gradient(V upstream, V, V y) {  // 0 at 0
    return zero_where(y <= V::zero(), upstream);
  }
};
struct Sigmoid {
  template <Lanes V>
  static V value(V x) {
    return simd::sigmoid(x);
  }
  template <Lanes V>
  static V slope(V, V y) {
    return y * (V::splat(1.0f) - y);
  }
};

// The gradient of x for the upstream gradient of y = f(x).
template <class Function, Lanes V>
inline V gradient_of(const Function& f, V upstream, V x, V y) {
  if constexpr (requires { f.gradient(upstream, x, y); }) {
    return f.gradient(upstream, x, y);
  } else {
    return upstream * f.slope(x, y);
  }
}

// Calls f(index, lanes) over `count` floats: whole vectors with four lanes, then the tail. load()
// and store() below touch no more than `lanes` floats.
template <class F>
inline void for_each_vector(size_t count, F f) {
  size_t i = 0;
  for (; i + 4 <= count; i += 4) f(i, 4u);
  if (i < count) f(i, static_cast<unsigned>(count - i));
}

template <Lanes V = simd::f32x4>
inline V load(const float* p, unsigned lanes) {
  return lanes == 4 ? V::load(p) : V::load_partial(p, lanes);
}
template <Lanes V>
inline void store(float* p, V value, unsigned lanes) {
  lanes == 4 ? store(p, value) : store_partial(p, value, lanes);
}

// y = f(x). y may be x.
template <class Function, Lanes V = simd::f32x4>
inline void map_forward(float* y, const float* x, size_t count, Function f = {}) {
  for_each_vector(count, [=](size_t i, unsigned lanes) {
    store(y + i, f.value(load<V>(x + i, lanes)), lanes);
  });
}

}  // namespace downhill::kernels
