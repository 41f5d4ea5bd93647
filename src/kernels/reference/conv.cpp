#include "kernels/reference/conv.hpp"

#include <cstdint>

namespace downhill::kernels::reference {
namespace {

// Calls f(image, oy, ox, index of the output pixel) for every output pixel, in order.
template <class Dims, class F>
void for_each_output(const Dims& d, F f) {
  size_t index = 0;
  for (size_t image = 0; image < d.n; ++image) {
    for (size_t oy = 0; oy < d.oh(); ++oy) {
      for (size_t ox = 0; ox < d.ow(); ++ox) f(image, oy, ox, index++);
    }
  }
}

// The pixel of x under tap (ky, kx) of output pixel (oy, ox), or -1 in the padding.
template <class Dims>
int64_t pixel_under(const Dims& d, size_t image, size_t oy, size_t ox, size_t ky, size_t kx) {
  const auto y = static_cast<int64_t>(oy * d.stride + ky) - static_cast<int64_t>(d.padding);
  const auto x = static_cast<int64_t>(ox * d.stride + kx) - static_cast<int64_t>(d.padding);
  if (y < 0 || x < 0 || y >= int64_t{d.h} || x >= int64_t{d.w}) return -1;
  return (static_cast<int64_t>(image) * d.h + y) * d.w + x;
}

}  // namespace

void conv2d_forward(float* y, const float* x, const float* w, const float* b, const Conv2dDims& d) {
  for_each_output(d, [&](size_t image, size_t oy, size_t ox, size_t output) {
    for (size_t j = 0; j < d.out; ++j) {
      float total = b == nullptr ? 0.0f : b[j];
      for (size_t ky = 0; ky < d.kh; ++ky) {
        for (size_t kx = 0; kx < d.kw; ++kx) {
          const int64_t pixel = pixel_under(d, image, oy, ox, ky, kx);
          for (size_t c = 0; c < d.in; ++c) {
            const float value = pixel < 0 ? 0.0f : x[static_cast<size_t>(pixel) * d.in + c];
            total += value * w[((ky * d.kw + kx) * d.in + c) * d.out + j];
          }
        }
      }
      y[output * d.out + j] = total;
    }
  });
}

void conv2d_backward_weight(float* dw, const float* x, const float* dy, const Conv2dDims& d) {
  for_each_output(d, [&](size_t image, size_t oy, size_t ox, size_t output) {
    for (size_t ky = 0; ky < d.kh; ++ky) {
      for (size_t kx = 0; kx < d.kw; ++kx) {
        const int64_t pixel = pixel_under(d, image, oy, ox, ky, kx);
        for (size_t c = 0; c < d.in; ++c) {
          const float value = pixel < 0 ? 0.0f : x[static_cast<size_t>(pixel) * d.in + c];
          float* row = dw + ((ky * d.kw + kx) * d.in + c) * d.out;
          for (size_t j = 0; j < d.out; ++j) row[j] += value * dy[output * d.out + j];
        }
      }
    }
  });
}

void conv2d_backward_bias(float* db, const float* dy, const Conv2dDims& d) {
  for_each_output(d, [&](size_t, size_t, size_t, size_t output) {
    for (size_t j = 0; j < d.out; ++j) db[j] += dy[output * d.out + j];
  });
}

void conv2d_backward_input(float* dx, const float* dy, const float* w, const Conv2dDims& d) {
  for_each_output(d, [&](size_t image, size_t oy, size_t ox, size_t output) {
    for (size_t ky = 0; ky < d.kh; ++ky) {
      for (size_t kx = 0; kx < d.kw; ++kx) {
        const int64_t pixel = pixel_under(d, image, oy, ox, ky, kx);
        if (pixel < 0) continue;
        for (size_t c = 0; c < d.in; ++c) {
          const float* row = w + ((ky * d.kw + kx) * d.in + c) * d.out;
          float share = 0.0f;
          for (size_t j = 0; j < d.out; ++j) share += dy[output * d.out + j] * row[j];
          dx[static_cast<size_t>(pixel) * d.in + c] += share;
        }
      }
    }
  });
}

void max_pool2d_forward(float* y, float* winner, const float* x, const Pool2dDims& d) {
  for_each_output(d, [&](size_t image, size_t oy, size_t ox, size_t output) {
    for (size_t c = 0; c < d.channels; ++c) {
      bool first = true;
      float best = 0.0f;
      size_t best_index = 0;
      for (size_t index = 0; index < size_t{d.kernel} * d.kernel; ++index) {
        const int64_t pixel = pixel_under(d, image, oy, ox, index / d.kernel, index % d.kernel);
        if (pixel < 0) continue;
        const float value = x[static_cast<size_t>(pixel) * d.channels + c];
        if (first || value > best || value != value) best = value, best_index = index;
        first = false;
      }
      y[output * d.channels + c] = best;
      winner[output * d.channels + c] = static_cast<float>(best_index);
    }
  });
}

void max_pool2d_backward(float* dx, const float* winner, const float* dy, const Pool2dDims& d) {
  for_each_output(d, [&](size_t image, size_t oy, size_t ox, size_t output) {
    for (size_t c = 0; c < d.channels; ++c) {
      const auto index = static_cast<size_t>(winner[output * d.channels + c]);
      const int64_t pixel = pixel_under(d, image, oy, ox, index / d.kernel, index % d.kernel);
      dx[static_cast<size_t>(pixel) * d.channels + c] += dy[output * d.channels + c];
    }
  });
}

void avg_pool2d_forward(float* y, const float* x, const Pool2dDims& d) {
  for_each_output(d, [&](size_t image, size_t oy, size_t ox, size_t output) {
    for (size_t c = 0; c < d.channels; ++c) {
      float total = 0.0f;
      for (size_t index = 0; index < size_t{d.kernel} * d.kernel; ++index) {
        const int64_t pixel = pixel_under(d, image, oy, ox, index / d.kernel, index % d.kernel);
        if (pixel >= 0) total += x[static_cast<size_t>(pixel) * d.channels + c];
      }
      y[output * d.channels + c] = total / static_cast<float>(d.kernel * d.kernel);
    }
  });
}

void avg_pool2d_backward(float* dx, const float* dy, const Pool2dDims& d) {
  for_each_output(d, [&](size_t image, size_t oy, size_t ox, size_t output) {
    for (size_t index = 0; index < size_t{d.kernel} * d.kernel; ++index) {
      const int64_t pixel = pixel_under(d, image, oy, ox, index / d.kernel, index % d.kernel);
      if (pixel < 0) continue;
      for (size_t c = 0; c < d.channels; ++c) {
        dx[static_cast<size_t>(pixel) * d.channels + c] +=
            dy[output * d.channels + c] / static_cast<float>(d.kernel * d.kernel);
      }
    }
  });
}

}  // namespace downhill::kernels::reference
