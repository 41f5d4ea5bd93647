#include "kernels/pool/pool.hpp"

#include <algorithm>

#include "kernels/elementwise/unary.hpp"

namespace downhill::kernels {
namespace {

using simd::f32x4;

// The part of one window that lies in x: pixels [y0, y1) × [x0, x1) of the image that begins at
// pixel `image` of x. Pixel (y, x) has index (y + up)·kernel + (x + left) in the window, mod 2³².
struct Window {
  size_t output, image;  // in pixels
  uint32_t y0, y1, x0, x1;
  uint32_t up, left;
};

// Calls f(window) for every output pixel, in order.
template <class F>
void for_each_window(const Pool2dDims& d, F f) {
  const uint32_t oh = d.oh(), ow = d.ow();
  // [start - padding, start - padding + kernel) ∩ [0, extent)
  const auto first = [&](uint32_t start) { return start < d.padding ? 0 : start - d.padding; };
  const auto last = [&](uint32_t start, uint32_t extent) {
    return std::min(extent, start + d.kernel - d.padding);
  };
  Window window{};
  for (uint32_t i = 0; i < d.n; ++i, window.image += size_t{d.h} * d.w) {
    for (uint32_t oy = 0; oy < oh; ++oy) {
      const uint32_t top = oy * d.stride;
      window.y0 = first(top), window.y1 = last(top, d.h), window.up = d.padding - top;
      for (uint32_t ox = 0; ox < ow; ++ox, ++window.output) {
        const uint32_t side = ox * d.stride;
        window.x0 = first(side), window.x1 = last(side, d.w), window.left = d.padding - side;
        f(window);
      }
    }
  }
}

// Calls f(index in the window, offset of the pixel's channel 0 in x) for the window's pixels.
template <class F>
inline void for_each_pixel(const Window& window, const Pool2dDims& d, F f) {
  for (uint32_t y = window.y0; y < window.y1; ++y) {
    size_t at = (window.image + size_t{y} * d.w + window.x0) * d.channels;
    uint32_t index = (y + window.up) * d.kernel + (window.x0 + window.left);
    for (uint32_t x = window.x0; x < window.x1; ++x, ++index, at += d.channels) f(index, at);
  }
}

f32x4 area(const Pool2dDims& d) {
  return f32x4::splat(static_cast<float>(d.kernel) * static_cast<float>(d.kernel));
}

// Like for_each_window, without padding: every window is whole. Calls f(output, start, row): the
// offsets of the output in y and of the window in x, and the floats in a row of x.
template <class F>
void for_each_whole_window(const Pool2dDims& d, F f) {
  const uint32_t oh = d.oh(), ow = d.ow();
  const size_t row = size_t{d.w} * d.channels, step = size_t{d.stride} * d.channels;
  size_t output = 0;
  for (uint32_t i = 0; i < d.n; ++i) {
    for (uint32_t oy = 0; oy < oh; ++oy) {
      size_t start = (size_t{i} * d.h + oy * d.stride) * row;
      for (uint32_t ox = 0; ox < ow; ++ox, start += step, output += d.channels) {
        f(output, start, row);
      }
    }
  }
}

template <uint32_t kKernel>
void max_of_whole_windows(float* y, float* winner, const float* x, const Pool2dDims& d) {
  for_each_whole_window(d, [&](size_t output, size_t start, size_t row) {
    for_each_vector(d.channels, [&](size_t c, unsigned lanes) {
      f32x4 best = load(x + start + c, lanes), best_index = f32x4::zero();
      for (uint32_t index = 1; index < kKernel * kKernel; ++index) {
        const size_t at = start + index / kKernel * row + index % kKernel * d.channels;
        const f32x4 value = load(x + at + c, lanes);
        const auto better = (value > best) | (value != value);
        best = select(better, value, best);
        best_index = select(better, f32x4::splat(static_cast<float>(index)), best_index);
      }
      store(y + output + c, best, lanes);
      store(winner + output + c, best_index, lanes);
    });
  });
}

template <uint32_t kKernel>
void max_of_whole_windows_backward(float* dx, const float* winner, const float* dy,
                                   const Pool2dDims& d) {
  for_each_whole_window(d, [&](size_t output, size_t start, size_t row) {
    for_each_vector(d.channels, [&](size_t c, unsigned lanes) {
      const f32x4 won = load(winner + output + c, lanes), upstream = load(dy + output + c, lanes);
      for (uint32_t index = 0; index < kKernel * kKernel; ++index) {
        float* to = dx + start + index / kKernel * row + index % kKernel * d.channels + c;
        const f32x4 before = load(to, lanes);
        const auto here = won == f32x4::splat(static_cast<float>(index));
        store(to, select(here, before + upstream, before), lanes);
      }
    });
  });
}

// The same for windows that share no pixels, and an overwritten dx. Pixels that no window sees get
// 0.
template <uint32_t kKernel>
void max_of_tiles_backward(float* dx, const float* winner, const float* dy, const Pool2dDims& d) {
  const size_t seen = size_t{d.ow()} * kKernel * d.channels, row = size_t{d.w} * d.channels;
  const uint32_t rows_seen = d.oh() * kKernel;
  for (size_t i = 0; i < d.n; ++i) {
    float* const image = dx + i * d.h * row;
    for (uint32_t y = 0; y < rows_seen; ++y) {
      std::fill(image + y * row + seen, image + (y + 1) * row, 0.0f);
    }
    std::fill(image + rows_seen * row, image + d.h * row, 0.0f);
  }
  for_each_whole_window(d, [&](size_t output, size_t start, size_t) {
    for_each_vector(d.channels, [&](size_t c, unsigned lanes) {
      const f32x4 won = load(winner + output + c, lanes), zero = f32x4::zero();
      const f32x4 upstream = zero + load(dy + output + c, lanes);
      for (uint32_t index = 0; index < kKernel * kKernel; ++index) {
        const auto here = won == f32x4::splat(static_cast<float>(index));
        store(dx + start + index / kKernel * row + index % kKernel * d.channels + c,
              select(here, upstream, zero), lanes);
      }
    });
  });
}

template <uint32_t kKernel>
void max_of_whole_windows_backward(GradTarget dx, const float* winner, const float* dy,
                                   const Pool2dDims& d) {
  if (dx.overwrite && d.stride == kKernel)
    return max_of_tiles_backward<kKernel>(dx.data, winner, dy, d);
  dx.begin(size_t{d.n} * d.h * d.w * d.channels);
  max_of_whole_windows_backward<kKernel>(dx.data, winner, dy, d);
}

}  // namespace

void max_pool2d_forward(float* y, float* winner, const float* x, const Pool2dDims& dims) {
  if (dims.padding == 0 && dims.kernel == 2) return max_of_whole_windows<2>(y, winner, x, dims);
  if (dims.padding == 0 && dims.kernel == 3) return max_of_whole_windows<3>(y, winner, x, dims);
  for_each_window(dims, [&](const Window& window) {
    const size_t to = window.output * dims.channels;
    const size_t start = (window.image + size_t{window.y0} * dims.w + window.x0) * dims.channels;
    const uint32_t first_index = (window.y0 + window.up) * dims.kernel + (window.x0 + window.left);
    for_each_vector(dims.channels, [&](size_t c, unsigned lanes) {
      f32x4 best = load(x + start + c, lanes);
      f32x4 best_index = f32x4::splat(static_cast<float>(first_index));
      for_each_pixel(window, dims, [&](uint32_t index, size_t at) {
        const f32x4 value = load(x + at + c, lanes);
        const auto better = (value > best) | (value != value);
        best = select(better, value, best);
        best_index = select(better, f32x4::splat(static_cast<float>(index)), best_index);
      });
      store(y + to + c, best, lanes);
      store(winner + to + c, best_index, lanes);
    });
  });
}

void max_pool2d_backward(GradTarget dx, const float* winner, const float* dy,
                         const Pool2dDims& dims) {
  if (dims.padding == 0 && dims.kernel == 2) {
    return max_of_whole_windows_backward<2>(dx, winner, dy, dims);
  }
  if (dims.padding == 0 && dims.kernel == 3) {
    return max_of_whole_windows_backward<3>(dx, winner, dy, dims);
  }
  float* const sums = dx.begin(size_t{dims.n} * dims.h * dims.w * dims.channels);
  for_each_window(dims, [&](const Window& window) {
    const size_t from = window.output * dims.channels;
    for_each_pixel(window, dims, [&](uint32_t index, size_t at) {
      const f32x4 here = f32x4::splat(static_cast<float>(index));
      for_each_vector(dims.channels, [&](size_t c, unsigned lanes) {
        const f32x4 before = load(sums + at + c, lanes);
        const auto won = load(winner + from + c, lanes) == here;
        store(sums + at + c, select(won, before + load(dy + from + c, lanes), before), lanes);
      });
    });
  });
}

void max_pool2d_take(float* y, const float* winner, const float* v, const Pool2dDims& dims) {
  for_each_window(dims, [&](const Window& window) {
    const size_t to = window.output * dims.channels;
    for_each_pixel(window, dims, [&](uint32_t index, size_t at) {
      const f32x4 here = f32x4::splat(static_cast<float>(index));
      for_each_vector(dims.channels, [&](size_t c, unsigned lanes) {
        const auto won = load(winner + to + c, lanes) == here;
        store(y + to + c, select(won, load(v + at + c, lanes), load(y + to + c, lanes)), lanes);
      });
    });
  });
}

void avg_pool2d_forward(float* y, const float* x, const Pool2dDims& dims) {
  for_each_window(dims, [&](const Window& window) {
    for_each_vector(dims.channels, [&](size_t c, unsigned lanes) {
      f32x4 total = f32x4::zero();
      for_each_pixel(window, dims,
                     [&](uint32_t, size_t at) { total = total + load(x + at + c, lanes); });
      store(y + window.output * dims.channels + c, total / area(dims), lanes);
    });
  });
}

void avg_pool2d_backward(float* dx, const float* dy, const Pool2dDims& dims) {
  for_each_window(dims, [&](const Window& window) {
    const float* from = dy + window.output * dims.channels;
    for_each_pixel(window, dims, [&](uint32_t, size_t at) {
      for_each_vector(dims.channels, [&](size_t c, unsigned lanes) {
        const f32x4 share = load(from + c, lanes) / area(dims);
        store(dx + at + c, load(dx + at + c, lanes) + share, lanes);
      });
    });
  });
}

}  // namespace downhill::kernels
