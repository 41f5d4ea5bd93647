// A convolution tap by tap: which output pixel meets which pixel of x at each tap of the window,
// without padding. Not for use outside conv.cpp.
#pragma once

#include <algorithm>

#include "kernels/conv/conv.hpp"

namespace downhill::kernels {

// The outputs [begin, end) along an axis at which tap k of the window lies in an image of `extent`
// pixels.
struct Outputs {
  uint32_t begin, end;

  Outputs(uint32_t k, uint32_t extent, uint32_t outputs, const Conv2dDims& d) {
    const auto at = [&](uint32_t padded) {  // the first output whose tap is at or after this pixel
      return padded <= k ? 0 : (padded - k + d.stride - 1) / d.stride;
    };
    begin = std::min(at(d.padding), outputs);
    end = std::max(begin, std::min(at(d.padding + extent), outputs));
  }
};

// Walks over the output pixels at which one tap lies in the image, and over the pixels of x there,
// row by row and from image to image.
struct Pairs {
  size_t output, pixel;  // offsets in dy, and in x or dx; anything after the last pair
  Outputs high, wide;
  uint32_t oy, ox;

  Pairs(uint32_t image, uint32_t tap, const Conv2dDims& d)
      : high(tap / d.kw, d.h, d.oh(), d),
        wide(tap % d.kw, d.w, d.ow(), d),
        oy(high.begin),
        ox(wide.begin) {
    const size_t y = size_t{image} * d.h + (oy * d.stride + tap / d.kw - d.padding);
    output = ((size_t{image} * d.oh() + oy) * d.ow() + ox) * d.out;
    pixel = (y * d.w + (ox * d.stride + tap % d.kw - d.padding)) * d.in;
  }
  uint32_t of_image() const { return (high.end - high.begin) * (wide.end - wide.begin); }
  void advance(const Conv2dDims& d) {
    output += d.out, pixel += size_t{d.stride} * d.in;
    if (++ox < wide.end) return;
    const size_t width = wide.end - wide.begin, height = high.end - high.begin;
    ox = wide.begin;
    output += (d.ow() - width) * d.out;
    pixel += (d.w - width) * d.stride * d.in;
    if (++oy < high.end) return;
    oy = high.begin;
    output += (d.oh() - height) * d.ow() * d.out;
    pixel += (d.h - height * d.stride) * d.w * d.in;  // modulo 2ⁿ: may step back
  }
};

// The pairs of a group, tap by tap: two numbers for each, pixel and output.
struct TapPairs {
  uint32_t* numbers;
  size_t per_tap;  // numbers from one tap to the next

  TapPairs(uint32_t* memory, uint32_t group, const Conv2dDims& d)
      : numbers(memory), per_tap(size_t{2} * group * d.oh() * d.ow()) {
    for (uint32_t tap = 0; tap < d.kh * d.kw; ++tap) {
      Pairs pairs(0, tap, d);
      uint32_t* pair = numbers + tap * per_tap;
      for (uint32_t i = 0; i < group * pairs.of_image(); ++i, pairs.advance(d)) {
        *pair++ = static_cast<uint32_t>(pairs.pixel);
        *pair++ = static_cast<uint32_t>(pairs.output);
      }
    }
  }
};

}  // namespace downhill::kernels
