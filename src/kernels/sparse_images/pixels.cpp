#include "kernels/sparse_images/pixels.hpp"

#include <algorithm>

#include "kernels/dense/matmul.hpp"
#include "kernels/optimizers/update.hpp"
#include "kernels/reductions/rows.hpp"
#include "kernels/sparse_images/fractions.hpp"

namespace downhill::kernels {

using simd::f32x4;

void pixels_to_floats(float* x, const Pixels& pixels) {
  const bool fractions = are_fractions(pixels.map);
  for (uint32_t i = 0; i < pixels.count; ++i, x += pixels.size) {
    write_values(x, pixels.images[i], pixels.size, pixels.map, fractions);
  }
}

void values_above_zero(float* above, const float* map) {
  for (uint32_t v = 0; v < 256; ++v) above[v] = map[v] - map[0];
}

void zeros_forward(float* start, const float* w, const float* b, const Pixels& pixels,
                   uint32_t out) {
  const f32x4 zero = f32x4::splat(pixels.map[0]);
  for_each_vector(out, [&](size_t j, unsigned lanes) {
    const f32x4 all = sum_down(pixels.size, [=](size_t k) { return load(w + k * out + j, lanes); });
    const f32x4 bias = b == nullptr ? f32x4::zero() : load(b + j, lanes);
    store(start + j, bias + zero * all, lanes);
  });
}

void zeros_backward_weight(float* dw, const float* dy, float* sums, const Pixels& pixels,
                           uint32_t out) {
  std::fill_n(sums, out, 0.0f);
  matmul_backward_bias(sums, dy, {.n = pixels.count, .in = pixels.size, .out = out});
  if (out == 1) return add_scalar(dw, pixels.map[0] * sums[0], pixels.size);
  for (uint32_t k = 0; k < pixels.size; ++k) {
    scale_add(dw + size_t{k} * out, sums, pixels.map[0], out);
  }
}

}  // namespace downhill::kernels
