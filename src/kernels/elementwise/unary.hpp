// Functions of one number, each a pair: its value, and its slope beside it, written once for any
// width of lanes. map() runs one over memory. A new function is four lines here; SIMD, the tail and
// the tests follow.
#pragma once

#include <cstddef>

#include "simd/f32x4.hpp"
#include "simd/math.hpp"

namespace downhill::kernels {

using simd::Lanes;

// value(x), and slope(x, y) = dy/dx, which may use the value y where that is cheaper.
struct Neg {
  static constexpr const char* kName = "neg";
  template <Lanes V>
  static V value(V x) {
    return -x;
  }
  template <Lanes V>
  static V slope(V, V) {
    return V::splat(-1.0f);
  }
};
struct Square {
  static constexpr const char* kName = "square";
  template <Lanes V>
  static V value(V x) {
    return x * x;
  }
  template <Lanes V>
  static V slope(V x, V) {
    return x + x;
  }
};
struct Abs {
  static constexpr const char* kName = "abs";
  template <Lanes V>
  static V value(V x) {
    return abs(x);
  }
  template <Lanes V>
  static V slope(V x, V) {  // the sign; 0 at 0
    return select(x == V::zero(), V::zero(), copysign(V::splat(1.0f), x));
  }
};
struct Exp {
  static constexpr const char* kName = "exp";
  template <Lanes V>
  static V value(V x) {
    return simd::exp(x);
  }
  template <Lanes V>
  static V slope(V, V y) {
    return y;
  }
};
struct Log {
  static constexpr const char* kName = "log";
  template <Lanes V>
  static V value(V x) {
    return simd::log(x);
  }
  template <Lanes V>
  static V slope(V x, V) {
    return V::splat(1.0f) / x;
  }
};
struct Relu {
  static constexpr const char* kName = "relu";
  template <Lanes V>
  static V value(V x) {
    return pmax(x, V::zero());
  }  // NaN stays NaN
  template <Lanes V>
  static V slope(V, V y) {  // 0 at 0
    return one_where(y > V::zero());
  }
};
// x where it is positive, else x·negative: 0.01 is PyTorch's.
struct LeakyRelu {
  static constexpr const char* kName = "leaky_relu";
  float negative = 0.01f;

  template <Lanes V>
  V value(V x) const {
    return select(x > V::zero(), x, x * V::splat(negative));
  }
  template <Lanes V>
  V slope(V x, V) const {  // that of the negative side at 0
    return select(x > V::zero(), V::splat(1.0f), V::splat(negative));
  }
};
// x·Φ(x), where Φ(x) = (1 + erf(x/√2))/2 is the share of a normal distribution that lies below x.
// D. Hendrycks, K. Gimpel, "Gaussian error linear units" (2016); the exact form, PyTorch's default.
struct Gelu {
  static constexpr const char* kName = "gelu";
  template <Lanes V>
  static V share_below(V x) {
    return V::splat(0.5f) * (V::splat(1.0f) + simd::erf(x * V::splat(0.707106781186547524f)));
  }
  template <Lanes V>
  static V value(V x) {
    return x * share_below(x);
  }
  template <Lanes V>
  static V slope(V x, V) {  // Φ(x) + x·e^(-x²/2)/√2π
    const V density = V::splat(0.398942280401432678f) * simd::exp(V::splat(-0.5f) * (x * x));
    return share_below(x) + x * density;
  }
};
struct Sigmoid {
  static constexpr const char* kName = "sigmoid";
  template <Lanes V>
  static V value(V x) {
    return simd::sigmoid(x);
  }
  template <Lanes V>
  static V slope(V, V y) {
    return y * (V::splat(1.0f) - y);
  }
};
struct Tanh {
  static constexpr const char* kName = "tanh";
  template <Lanes V>
  static V value(V x) {
    return simd::tanh(x);
  }
  template <Lanes V>
  static V slope(V, V y) {
    return V::splat(1.0f) - y * y;
  }
};

// x to a whole power by repeated squaring; a negative power is the reciprocal of the positive one.
struct Pow {
  static constexpr const char* kName = "pow";
  int exponent = 1;

  template <Lanes V>
  static V power(V x, int n) {
    V result = V::splat(1.0f);
    for (unsigned left = n < 0 ? 0u - static_cast<unsigned>(n) : static_cast<unsigned>(n);
         left != 0; left >>= 1) {
      if (left & 1) result = result * x;
      x = x * x;
    }
    return n < 0 ? V::splat(1.0f) / result : result;
  }
  template <Lanes V>
  V value(V x) const {
    return power(x, exponent);
  }
  template <Lanes V>
  V slope(V x, V) const {
    if (exponent == 0) return V::zero();
    return V::splat(static_cast<float>(exponent)) * power(x, exponent - 1);
  }
};

// Calls f(index, lanes to load or store) over `count` floats: whole vectors, then what is left.
// load and store take a short count by touching no more than that.
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
