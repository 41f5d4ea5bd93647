// The images of a convolution as its products read them, and the products of windows whose rows are
// short. Not for use outside conv.cpp.
#pragma once

#include "kernels/conv.hpp"
#include "kernels/tiles.hpp"

namespace downhill::kernels {

struct Range {
  uint32_t begin, end;
};
// Lent memory, two numbers to a range; null when nothing is known.
struct Ranges {
  uint32_t* numbers = nullptr;

  explicit operator bool() const { return numbers != nullptr; }
  Range operator[](size_t i) const { return {numbers[2 * i], numbers[2 * i + 1]}; }
  void set(size_t i, Range range) const {
    numbers[2 * i] = range.begin;
    numbers[2 * i + 1] = range.end;
  }
};

// Some of the images, with their padding around them.
struct Images {
  const float* data;
  uint32_t first, count;
  size_t row, image;  // floats from one to the next
  // Of all their rows, the padding's too: the outputs along a row whose windows see pixels there
  // that are not zero, and perhaps a few more.
  Ranges seen;

  // The top left pixel under the window of output pixel (oy, ox).
  const float* window(uint32_t place, uint32_t oy, uint32_t ox, const Conv2dDims& d) const {
    return data + place * image + size_t{oy} * d.stride * row + size_t{ox} * d.stride * d.in;
  }
  // The same from the top row under the windows of a row of outputs on.
  Ranges seen_by(uint32_t place, uint32_t oy, const Conv2dDims& d) const {
    const size_t top = place * (size_t{d.h} + 2 * d.padding) + size_t{oy} * d.stride;
    return {seen ? seen.numbers + 2 * top : nullptr};
  }
};

// --- Short rows
//
// Where a row of a window is three or five numbers, a tile takes longer to begin and to end than
// to add. Instead the weights of one row of the windows stay in registers, and the sums of a row of
// outputs in the first-level cache.

// What a function of its own needs to know of a group of images. In one with the tiles, V8 would
// spill.
struct ShortRows {
  Images images;
  Conv2dDims dims;
  const float *w, *b;

  static bool pay(const Conv2dDims& d) {
    const uint32_t run = d.kw * d.in;
    return (run == 3 || run == 5) && d.out % 4 == 0;
  }
};

// y[i] = start(y[i]) + a row of its window, which is kRun numbers, times `weights`; kVectors of y.
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

// The columns of y: [oh, ow, out] from `column` on, of one image of the group.
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
    const Ranges seen = of.images.seen_by(image, oy, d);
    const float* window = of.images.window(image, oy, 0, d);
    Panel w{of.w + column, out};
    add_short_row<kRun, kVectors>(y, window, w, ow, out, step,
                                  [&](const float*, uint32_t v) { return bias[v]; });
    for (uint32_t ky = 1; ky < d.kh; ++ky) {
      window += of.images.row, w.data += kRun * out;
      const size_t begin = seen ? seen[ky].begin : 0, end = seen ? seen[ky].end : ow;
      add_short_row<kRun, kVectors>(
          y + begin * out, window + begin * step, w, end - begin, out, step,
          [](const float* sum, uint32_t v) { return f32x4::load(sum + 4 * v); });
    }
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
