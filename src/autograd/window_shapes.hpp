// Checks of the windows of convolutions and pools. For ops/ only.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "autograd/ops.hpp"
#include "kernels/pool/pool.hpp"

namespace downhill {

// Whether a window fits into [h, w] with `padding` on each side.
inline bool window_fits(uint32_t kh, uint32_t kw, uint32_t h, uint32_t w, uint32_t padding) {
  const uint64_t more = 2 * uint64_t{padding};
  return kh <= h + more && kw <= w + more;
}

// "the 5 × 5 kernel does not fit into 3 × 3 with padding 0"
inline std::string does_not_fit(uint32_t kh, uint32_t kw, uint32_t h, uint32_t w,
                                uint32_t padding) {
  const auto area = [](uint32_t a, uint32_t b) {
    return std::to_string(a) + " × " + std::to_string(b);
  };
  return "the " + area(kh, kw) + " kernel does not fit into " + area(h, w) + " with padding " +
         std::to_string(padding);
}

// x: [n, h, w, c] with `padding` pixels on each side. Saturates, so that it does not fit() if an
// extent does not fit its type.
inline Shape padded(const Shape& x, uint32_t padding) {
  const auto wider = [padding](uint32_t extent) {
    return static_cast<uint32_t>(std::min<uint64_t>(extent + 2 * uint64_t{padding}, UINT32_MAX));
  };
  return {x[0], wider(x[1]), wider(x[2]), x[3]};
}

// The walk of a pool's windows over x: [n, h, w, c]; nothing if it cannot be done, and the message
// is in the tape.
inline std::optional<kernels::Pool2dDims> pool2d_dims(Tape& tape, const char* op, const Shape& x,
                                                      Pool2dOptions options) {
  const uint32_t kernel = options.kernel, padding = options.padding;
  if (x.rank() != 4 || x[1] == 0 || x[2] == 0 || x[3] == 0) {
    tape.fail(op, "x is " + print(x) + ": it must be [n, h, w, c], and no image empty");
  } else if (kernel == 0) {
    tape.fail(op, "the kernel must be at least 1 × 1");
  } else if (padding > kernel / 2) {
    tape.fail(op, "padding " + std::to_string(padding) + " is more than half of the kernel, " +
                      std::to_string(kernel));
  } else if (!window_fits(kernel, kernel, x[1], x[2], padding)) {
    tape.fail(op, does_not_fit(kernel, kernel, x[1], x[2], padding));
  } else if (!padded(x, padding).fits()) {
    tape.fail_too_large(op, padded(x, padding));
  } else {
    return kernels::Pool2dDims{.n = x[0],
                               .h = x[1],
                               .w = x[2],
                               .channels = x[3],
                               .kernel = kernel,
                               .stride = options.stride == 0 ? kernel : options.stride,
                               .padding = padding};
  }
  return std::nullopt;
}

}  // namespace downhill
