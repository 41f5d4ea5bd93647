// Where a kernel adds a gradient, and the gradient it starts from. A kernel that is the first to
// add to a gradient may overwrite it instead, if it writes every element. This saves a fill with
// zeros and a read: two passes over memory.
#pragma once

#include <algorithm>
#include <cstddef>

#include "kernels/elementwise/unary.hpp"

namespace downhill::kernels {

// The elements to add to. With `overwrite` they count as 0, whatever they hold, and the kernel must
// write all of them. (0 + x is x for every x but -0, so kernels still add to a zero.)
struct GradTarget {
  float* data = nullptr;
  bool overwrite = false;

  GradTarget(float* sums, bool overwrites = false) : data(sums), overwrite(overwrites) {}
  explicit operator bool() const { return data != nullptr; }
  // For a kernel that can only add: the elements, filled with zeros if they are to be overwritten.
  float* begin(size_t count) const {
    if (overwrite) std::fill_n(data, count, 0.0f);
    return data;
  }
};

// Calls f(before), where before(p, lanes) loads what the gradient is added to at p.
template <Lanes V = simd::f32x4, class F>
inline void with_before(const GradTarget& target, F f) {
  if (target.overwrite) return f([](const float*, unsigned) { return V::zero(); });
  f([](const float* p, unsigned lanes) { return load<V>(p, lanes); });
}

// dx += the gradient of f at x for dy
template <class Function, Lanes V = simd::f32x4>
inline void map_backward(GradTarget dx, const float* x, const float* y, const float* dy,
                         size_t count, Function f = {}) {
  with_before<V>(dx, [=](auto before) {
    for_each_vector(count, [=](size_t i, unsigned lanes) {
      const V gradient =
          gradient_of(f, load<V>(dy + i, lanes), load<V>(x + i, lanes), load<V>(y + i, lanes));
      store(dx.data + i, before(dx.data + i, lanes) + gradient, lanes);
    });
  });
}

// The upstream gradient of a result y, as an op with an optional fused ReLU reads it. With the ReLU
// y is relu(z), and the op's sums need dz, the gradient of z: 0 where y <= 0, and dy elsewhere.
struct UpstreamGrad {
  const float* dy;
  const float* relu = nullptr;  // y; null: no ReLU, and dz is dy
  float* dz = nullptr;          // memory for dz, with a ReLU

  // All of dz, [count]: dy itself, or written to `dz`.
  const float* masked(size_t count) const { return masked_part(dz, count, 0); }
  // `count` elements of dz from `first` on: dy itself, or written to `to`.
  const float* masked_part(float* to, size_t count, size_t first) const {
    if (relu == nullptr) return dy + first;
    map_backward<Relu>({to, true}, relu + first, relu + first, dy + first, count);
    return to;
  }
};

}  // namespace downhill::kernels
