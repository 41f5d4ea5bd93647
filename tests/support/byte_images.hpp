// Images as bytes and a dense layer on them, for testing the kernels of the first layer against
// plain loops.
#pragma once

#include <algorithm>
#include <vector>

#include "kernels/dense/matmul.hpp"
#include "kernels/reference/dense.hpp"
#include "kernels/sparse_images/pixels.hpp"
#include "support/random.hpp"

namespace downhill::test {

// Images as bytes, mostly zero as in digits; one is empty and one is full.
struct ByteImages {
  ByteImages(uint32_t count, uint32_t size, float zero = 0)
      : bytes(size_t{count} * size), map(256), addresses(count) {
    Rng rng(1);
    for (size_t at = 0; at < bytes.size();) {  // nonzero pixels come in runs
      const uint32_t run = 1 + rng.below(12);
      const bool drawn = rng.below(4) == 0;
      for (uint32_t k = 0; k < run && at < bytes.size(); ++k, ++at) {
        bytes[at] = static_cast<uint8_t>(drawn ? rng.below(256) : 0);
      }
    }
    if (count > 2) {
      std::fill_n(bytes.begin() + size, size, uint8_t{0});
      std::fill_n(bytes.begin() + 2 * size, size, uint8_t{255});
    }
    for (size_t v = 0; v < 256; ++v) map[v] = static_cast<float>(v) / 255.0f + zero;
    for (uint32_t i = 0; i < count; ++i) addresses[i] = bytes.data() + size_t{i} * size;
    pixels = {addresses.data(), count, size, map.data()};
    floats.resize(bytes.size());
    kernels::pixels_to_floats(floats.data(), pixels);
  }
  std::vector<uint8_t> bytes;
  std::vector<float> map, floats;
  std::vector<const uint8_t*> addresses;
  kernels::Pixels pixels;
};

struct Dense {
  explicit Dense(kernels::MatmulDims d)
      : w(normals(Rng(2), size_t{d.in} * d.out)),
        b(normals(Rng(3), d.out)),
        dy(normals(Rng(4), size_t{d.n} * d.out)),
        y(size_t{d.n} * d.out, -77.0f),
        dw(normals(Rng(5), size_t{d.in} * d.out)),
        db(normals(Rng(6), d.out)) {}
  std::vector<float> w, b, dy, y, dw, db;
};

// What a layer that skips zeros must compute, in plain loops: first the contribution of a byte of
// 0, once for all images, then what the other bytes add to it, in the order of dense products. If a
// byte of 0 means 0, only the second part remains.
inline void dense_layer(Dense& t, const ByteImages& images, const float* bias,
                        kernels::MatmulDims d) {
  namespace reference = kernels::reference;
  const float zero = images.map[0];
  std::vector<float> x = images.floats, start(d.out);
  for (size_t j = 0; j < d.out; ++j) start[j] = bias == nullptr ? 0.0f : bias[j];
  if (zero != 0) {
    for (float& value : x) value -= zero;
    for (size_t j = 0; j < d.out; ++j) {
      start[j] += zero * reference::sum_of(d.in, [&](size_t k) { return t.w[k * d.out + j]; });
      float dy_sum = 0;
      for (size_t i = 0; i < d.n; ++i) dy_sum += t.dy[i * d.out + j];
      for (size_t k = 0; k < d.in; ++k) t.dw[k * d.out + j] += zero * dy_sum;
    }
  }
  reference::matmul_forward(t.y.data(), x.data(), t.w.data(), start.data(), d);
  reference::matmul_backward_weight(t.dw.data(), x.data(), t.dy.data(), d);
}

}  // namespace downhill::test
