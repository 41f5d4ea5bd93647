// A convolution's numbers for tests, and its three passes by the fast kernels and by the plain
// loops.
#pragma once

#include <string>
#include <vector>

#include "kernels/conv/conv.hpp"
#include "kernels/reference/conv.hpp"
#include "support/random.hpp"

namespace downhill::test {

using kernels::Conv2dDims;

inline std::string print(const Conv2dDims& d) {
  std::string text;
  for (uint32_t number : {d.n, d.h, d.w, d.in, d.kh, d.kw, d.out, d.stride, d.padding}) {
    text += " " + std::to_string(number);
  }
  return "n h w in kh kw out stride padding:" + text;
}

struct ConvData {
  explicit ConvData(const Conv2dDims& d)
      : x(normals(Rng(1), size_t{d.n} * d.h * d.w * d.in)),
        w(normals(Rng(2), size_t{d.patch()} * d.out)),
        b(normals(Rng(3), d.out)),
        dy(normals(Rng(4), d.pixels() * d.out)),
        y(d.pixels() * d.out, -77.0f),
        dw(normals(Rng(5), w.size())),  // not zero, because gradients are added
        db(normals(Rng(6), d.out)),
        dx(normals(Rng(7), x.size())),
        floats(kernels::conv2d_floats(d), -55.0f),
        numbers(kernels::conv2d_numbers(d), 55u) {
    // Most pixels of a digit are exactly zero.
    Rng rng(8);
    for (float& value : x) value = rng.below(3) == 0 ? value : 0.0f;
  }
  std::vector<float> x, w, b, dy, y, dw, db, dx, floats;
  std::vector<uint32_t> numbers;
  kernels::Conv2dScratch scratch() { return {floats.data(), numbers.data()}; }
};

inline void run_fast(ConvData& t, const Conv2dDims& d, const float* bias) {
  kernels::conv2d_forward(t.y.data(), t.x.data(), t.w.data(), bias, t.scratch(), d);
  kernels::conv2d_backward_parameters(t.dw.data(), t.db.data(), t.x.data(), {t.dy.data()}, true,
                                      t.scratch(), d);
  kernels::conv2d_backward_input(t.dx.data(), t.dy.data(), t.w.data(), t.scratch(), d);
}

inline void run_reference(ConvData& t, const Conv2dDims& d, const float* bias) {
  kernels::reference::conv2d_forward(t.y.data(), t.x.data(), t.w.data(), bias, d);
  kernels::reference::conv2d_backward_weight(t.dw.data(), t.x.data(), t.dy.data(), d);
  kernels::reference::conv2d_backward_bias(t.db.data(), t.dy.data(), d);
  kernels::reference::conv2d_backward_input(t.dx.data(), t.dy.data(), t.w.data(), d);
}

}  // namespace downhill::test
