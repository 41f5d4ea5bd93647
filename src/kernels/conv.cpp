#include "kernels/conv.hpp"

#include "kernels/matmul.hpp"
#include "kernels/tiles.hpp"
#include "kernels/unary.hpp"

namespace downhill::kernels {
namespace {

using simd::f32x4;

// The part of a window's axis that lies in the image: places [begin, end) of the window, and where
// `begin` is in the image; 0 if nothing does.
struct Inside {
  uint32_t begin, end, at;

  Inside(uint32_t output, uint32_t kernel, uint32_t extent, const Conv2dDims& d) {
    const size_t start = size_t{output} * d.stride;  // of the window, in the padded image
    const auto place = [&](size_t padded) {
      return static_cast<uint32_t>(padded <= start ? 0 : std::min<size_t>(kernel, padded - start));
    };
    begin = place(d.padding);
    end = std::max(begin, place(size_t{d.padding} + extent));
    at = begin < end ? static_cast<uint32_t>(start + begin - d.padding) : 0;
  }
};

// Where the pixels of a patch are that lie in x: `rows` runs of `run` floats, contiguous in both.
struct Patch {
  size_t in_patch, in_x;  // where the first run begins
  size_t rows, run;
  bool whole;  // no padding
};

// Calls f(patch) for `count` output pixels from the `first` of all images counted through.
template <class F>
void for_each_patch(size_t first, uint32_t count, const Conv2dDims& d, F f) {
  const uint32_t oh = d.oh(), ow = d.ow();
  size_t row = first / ow;
  auto x = static_cast<uint32_t>(first % ow);
  while (count > 0) {
    const Inside rows(static_cast<uint32_t>(row % oh), d.kh, d.h, d);
    const size_t x_row = row / oh * d.h + rows.at;
    for (; x < ow && count > 0; ++x, --count) {
      const Inside columns(x, d.kw, d.w, d);
      const uint32_t high = rows.end - rows.begin, wide = columns.end - columns.begin;
      f(Patch{.in_patch = (size_t{rows.begin} * d.kw + columns.begin) * d.in,
              .in_x = (x_row * d.w + columns.at) * d.in,
              .rows = high,
              .run = size_t{wide} * d.in,
              .whole = high == d.kh && wide == d.kw});
    }
    x = 0;
    ++row;
  }
}

// patches: [count, patch]
void gather(float* patches, const float* x, size_t first, uint32_t count, const Conv2dDims& d) {
  const size_t size = d.patch(), patch_row = size_t{d.kw} * d.in, x_row = size_t{d.w} * d.in;
  for_each_patch(first, count, d, [&](const Patch& patch) {
    if (!patch.whole) std::fill_n(patches, size, 0.0f);
    float* to = patches + patch.in_patch;
    const float* from = x + patch.in_x;
    for (size_t row = 0; row < patch.rows; ++row, to += patch_row, from += x_row) {
      for_each_vector(patch.run, [&](size_t k, unsigned lanes) {
        store(to + k, load(from + k, lanes), lanes);
      });
    }
    patches += size;
  });
}

// The way back of gather: dx += patches, one patch after the other.
void scatter(float* dx, const float* patches, size_t first, uint32_t count, const Conv2dDims& d) {
  const size_t size = d.patch(), patch_row = size_t{d.kw} * d.in, x_row = size_t{d.w} * d.in;
  for_each_patch(first, count, d, [&](const Patch& patch) {
    float* to = dx + patch.in_x;
    const float* from = patches + patch.in_patch;
    for (size_t row = 0; row < patch.rows; ++row, to += x_row, from += patch_row) {
      for_each_vector(patch.run, [&](size_t k, unsigned lanes) {
        store(to + k, load(to + k, lanes) + load(from + k, lanes), lanes);
      });
    }
    patches += size;
  });
}

// Calls f(first output pixel, how many) block by block, in order.
template <class F>
void for_each_block(const Conv2dDims& d, F f) {
  const uint32_t block = conv2d_block(d);
  const size_t pixels = d.pixels();
  for (size_t first = 0; first < pixels; first += block) {
    f(first, static_cast<uint32_t>(std::min<size_t>(block, pixels - first)));
  }
}

}  // namespace

void conv2d_forward(float* y, const float* x, const float* w, const float* b, float* scratch,
                    const Conv2dDims& dims) {
  for_each_block(dims, [&](size_t first, uint32_t count) {
    gather(scratch, x, first, count, dims);
    multiply({.c = y + first * dims.out,
              .a = {scratch, dims.patch(), 1},
              .b = {w, dims.out, false},
              .rows = count,
              .columns = dims.out,
              .inner = dims.patch(),
              .starts_with_bias = true,
              .bias = b});
  });
}

void conv2d_backward_weight(float* dw, const float* x, const float* dy, float* scratch,
                            const Conv2dDims& dims) {
  for_each_block(dims, [&](size_t first, uint32_t count) {
    gather(scratch, x, first, count, dims);
    multiply({.c = dw,
              .a = {scratch, 1, dims.patch()},
              .b = {dy + first * dims.out, dims.out, false},
              .rows = dims.patch(),
              .columns = dims.out,
              .inner = count,
              .starts_with_bias = false,
              .bias = nullptr});
  });
}

void conv2d_backward_bias(float* db, const float* dy, const Conv2dDims& dims) {
  const uint32_t pixels = static_cast<uint32_t>(dims.pixels());
  matmul_backward_bias(db, dy, {.n = pixels, .in = dims.patch(), .out = dims.out});
}

void conv2d_backward_input(float* dx, const float* dy, const float* w, float* scratch,
                           const Conv2dDims& dims) {
  for_each_block(dims, [&](size_t first, uint32_t count) {
    multiply({.c = scratch,
              .a = {dy + first * dims.out, dims.out, 1},
              .b = {w, dims.out, true},
              .rows = count,
              .columns = dims.patch(),
              .inner = dims.out,
              .starts_with_bias = true,
              .bias = nullptr});
    scatter(dx, scratch, first, count, dims);
  });
}

}  // namespace downhill::kernels
