// The extents of a convolution, and its input.
#pragma once

#include <cstddef>
#include <cstdint>

namespace downhill::kernels {

struct Conv2dDims {
  uint32_t n, h, w, in;  // x: [n, h, w, in]
  uint32_t kh, kw, out;  // W: [kh, kw, in, out]
  uint32_t stride = 1;   // pixels from window to window, at least 1
  uint32_t padding = 0;  // pixels of 0 on each side
  // y: [n, oh, ow, out]. Precondition: the kernel fits, kh <= h + 2·padding, kw likewise.
  constexpr uint32_t oh() const { return (h + 2 * padding - kh) / stride + 1; }
  constexpr uint32_t ow() const { return (w + 2 * padding - kw) / stride + 1; }
  constexpr uint32_t patch() const { return kh * kw * in; }
  constexpr size_t pixels() const { return size_t{n} * oh() * ow(); }  // of y
};

// Floats of a row and of an image with padding, and the rows of such an image.
constexpr size_t padded_row(const Conv2dDims& d) { return size_t{d.w + 2 * d.padding} * d.in; }
constexpr size_t padded_image(const Conv2dDims& d) { return (d.h + 2 * d.padding) * padded_row(d); }
constexpr size_t padded_rows(const Conv2dDims& d) { return size_t{d.h} + 2 * d.padding; }

// The offset in padded images of the window of output pixel (oy, ox): its top left pixel.
constexpr size_t window_offset(const Conv2dDims& d, size_t image, size_t oy, size_t ox) {
  return (image * padded_rows(d) + oy * d.stride) * padded_row(d) + ox * d.stride * d.in;
}

struct Range {
  uint32_t begin, end;
};
// An array of ranges in scratch, two numbers each; null when nothing is known.
struct Ranges {
  uint32_t* numbers = nullptr;

  explicit operator bool() const { return numbers != nullptr; }
  Range operator[](size_t i) const { return {numbers[2 * i], numbers[2 * i + 1]}; }
  void set(size_t i, Range range) const {
    numbers[2 * i] = range.begin;
    numbers[2 * i + 1] = range.end;
  }
  Ranges from(size_t i) const { return {numbers == nullptr ? nullptr : numbers + 2 * i}; }
};

// x: [n, h, w, in], or already with its padding (pad_pixels.hpp).
struct ConvInput {
  const float* floats;
  bool padded = false;
  // For each row of padded images, padding rows too: the range of outputs along a row of y whose
  // windows see a nonzero pixel in that row, and perhaps a few more outputs.
  Ranges nonzero = {};

  ConvInput(const float* x) : floats(x) {}
  ConvInput(const float* padded_x, Ranges nonzero_outputs)
      : floats(padded_x), padded(true), nonzero(nonzero_outputs) {}
};

}  // namespace downhill::kernels
