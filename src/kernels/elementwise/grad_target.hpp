// Where a kernel adds a gradient. The first to add to it need not read it, nor anybody fill it with
// zeros before: two passes over memory fewer.
#pragma once

#include <algorithm>
#include <cstddef>

#include "kernels/elementwise/unary.hpp"

namespace downhill::kernels {

// Numbers to add to; overwritten ones count as 0, whatever they are, and have to be written all. (0 + x
// is x for every x but -0, so that the addition stays.)
struct GradTarget {
  float* data = nullptr;
  bool overwrite = false;

  GradTarget(float* sums, bool overwrites = false) : data(sums), overwrite(overwrites) {}
  explicit operator bool() const { return data != nullptr; }
  // For who only adds: the numbers, with zeros in them if they are to be overwritten.
  float* begin(size_t count) const {
    if (overwrite) std::fill_n(data, count, 0.0f);
    return data;
  }
};

// Calls f(before), where before(p, lanes) gives what is added to at p.
template <Lanes V = simd::f32x4, class F>
inline void with_before(const GradTarget& target, F f) {
  if (target.overwrite) return f([](const float*, unsigned) { return V::zero(); });
  f([](const float* p, unsigned lanes) { return load<V>(p, lanes); });
}

// dx += dy·f'(x)
template <class Function, Lanes V = simd::f32x4>
inline void map_backward(GradTarget dx, const float* x, const float* y, const float* dy,
                         size_t count, Function f = {}) {
  with_before<V>(dx, [=](auto before) {
    for_each_vector(count, [=](size_t i, unsigned lanes) {
      const V slope = f.slope(load<V>(x + i, lanes), load<V>(y + i, lanes));
      store(dx.data + i, before(dx.data + i, lanes) + load<V>(dy + i, lanes) * slope, lanes);
    });
  });
}

// The gradient of a result y as its operation reads it: dy; or that of relu(y), of which only some
// comes to y, and which the ReLU has handed on so that nobody need write dy.
struct UpstreamGrad {
  float* dy = nullptr;            // scratch for it, if something was handed on
  const float* handed = nullptr;  // the gradient of relu(y); null: dy is written
  const float* relu = nullptr;    // relu(y)

  // Makes dy of what was handed on, if it was. Gives dy.
  const float* write(size_t count) const { return write_part(dy, count, 0); }
  // `count` numbers of it, from `first` on, to `to`. Gives where they stand, which is in dy if
  // nothing was handed on.
  const float* write_part(float* to, size_t count, size_t first) const {
    if (handed == nullptr) return dy + first;
    map_backward<Relu>({to, true}, relu + first, relu + first, handed + first, count);
    return to;
  }
};

}  // namespace downhill::kernels
