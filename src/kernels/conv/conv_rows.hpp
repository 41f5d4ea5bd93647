// The forward pass for windows whose rows have three or five numbers, where a tile takes longer to
// start and finish than to add. The weights of one window row stay in registers, and the sums of a
// row of outputs in the first-level cache. Not for use outside conv.cpp.
#pragma once

#include "kernels/conv/conv_group.hpp"
#include "kernels/dense/tiles.hpp"

namespace downhill::kernels {

// The arguments of forward_short_rows(), which is a function of its own: inlined beside the tiles,
// V8 spills.
struct ShortRows {
  Images images;
  Conv2dDims dims;
  const float *w, *b;
  bool relu;
};

// y[i] = start(y[i]) + one row of its window, kRun numbers, times `weights`, for kVectors of y.
template <uint32_t kRun, uint32_t kVectors, class Start>
[[gnu::always_inline]] inline void add_short_row(float* y, const float* window, Panel weights,
                                                 size_t count, size_t out, size_t step,
                                                 Start start) {
  using simd::f32x4;
  f32x4 w[kRun][kVectors];
  for (uint32_t k = 0; k < kRun; ++k) {
    for (uint32_t v = 0; v < kVectors; ++v) {
      w[k][v] = f32x4::load(weights.data + k * weights.stride + 4 * v);
    }
  }
  for (size_t i = 0; i < count; ++i, y += out, window += step) {
    f32x4 sums[kVectors];
    for (uint32_t v = 0; v < kVectors; ++v) sums[v] = start(y, v);
    for (uint32_t k = 0; k < kRun; ++k) {
      const f32x4 x = f32x4::splat(window[k]);
      for (uint32_t v = 0; v < kVectors; ++v) sums[v] = sums[v] + x * w[k][v];
    }
    for (uint32_t v = 0; v < kVectors; ++v) store(y + 4 * v, sums[v]);
  }
}

template <uint32_t kVectors>
[[gnu::always_inline]] inline void rectify(float* y, size_t count, size_t out) {
  for (size_t i = 0; i < count; ++i, y += out) {
    for (uint32_t v = 0; v < kVectors; ++v) {
      store(y + 4 * v, Relu::value(simd::f32x4::load(y + 4 * v)));
    }
  }
}

// kVectors of y: [oh, ow, out] from `column` on, for one image of the group.
template <uint32_t kRun, uint32_t kVectors>
[[gnu::noinline]] inline void forward_short_rows(float* y, ShortRows of, uint32_t image,
                                                 uint32_t column) {
  using simd::f32x4;
  const Conv2dDims& d = of.dims;
  const size_t out = d.out, ow = d.ow(), step = size_t{d.stride} * d.in;
  f32x4 bias[kVectors];
  for (uint32_t v = 0; v < kVectors; ++v) {
    bias[v] = of.b == nullptr ? f32x4::zero() : f32x4::load(of.b + column + 4 * v);
  }
  y += column;
  for (uint32_t oy = 0; oy < d.oh(); ++oy, y += ow * out) {
    const Ranges nonzero = of.images.nonzero_under(image, oy, d);
    const float* window = of.images.data + window_offset(d, image, oy, 0);
    Panel w{of.w + column, out};
    const Range top = nonzero ? nonzero[0] : Range{0, d.ow()};
    const auto start = [&](size_t from, size_t to) {
      for (float* sum = y + from * out; sum != y + to * out; sum += out) {
        for (uint32_t v = 0; v < kVectors; ++v) store(sum + 4 * v, bias[v]);
      }
    };
    start(0, top.begin);
    start(top.end, ow);
    add_short_row<kRun, kVectors>(y + top.begin * out, window + top.begin * step, w,
                                  top.end - top.begin, out, step,
                                  [&](const float*, uint32_t v) { return bias[v]; });
    for (uint32_t ky = 1; ky < d.kh; ++ky) {
      window += of.images.row, w.data += kRun * out;
      const size_t begin = nonzero ? nonzero[ky].begin : 0, end = nonzero ? nonzero[ky].end : ow;
      add_short_row<kRun, kVectors>(
          y + begin * out, window + begin * step, w, end - begin, out, step,
          [](const float* sum, uint32_t v) { return f32x4::load(sum + 4 * v); });
    }
    if (of.relu) rectify<kVectors>(y, ow, out);
  }
}

// y: [images, oh, ow, out]
template <uint32_t kRun>
inline void forward_short_rows(float* y, const ShortRows& of) {
  const uint32_t out = of.dims.out;
  for (uint32_t i = 0; i < of.images.count; ++i, y += size_t{of.dims.oh()} * of.dims.ow() * out) {
    uint32_t column = 0;
    for (; column + 8 <= out; column += 8) forward_short_rows<kRun, 2>(y, of, i, column);
    if (column < out) forward_short_rows<kRun, 1>(y, of, i, column);
  }
}

}  // namespace downhill::kernels
