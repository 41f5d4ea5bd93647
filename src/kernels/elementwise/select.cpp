#include "kernels/elementwise/select.hpp"

namespace downhill::kernels {
namespace {

using simd::f32x4;

// if_so where (condition != 0) == when, else if_not
f32x4 choose(f32x4 condition, bool when, f32x4 if_so, f32x4 if_not) {
  const auto holds = condition != f32x4::zero();
  return when ? select(holds, if_so, if_not) : select(holds, if_not, if_so);
}

}  // namespace

void select_forward(float* y, const float* condition, const float* x, bool when,
                    const BroadcastDims& dims) {
  const BroadcastDims d = join_axes(dims);
  for_each_row(d, [&](size_t y0, size_t c0, size_t x0) {
    for_each_vector(d.extent[3], [&](size_t i, unsigned lanes) {
      const f32x4 c = load_operand(condition + c0, i, d.stride_a[3], lanes);
      const f32x4 value = load_operand(x + x0, i, d.stride_b[3], lanes);
      store(y + y0 + i, choose(c, when, value, load(y + y0 + i, lanes)), lanes);
    });
  });
}

void select_backward(float* dx, const float* condition, const float* dy, bool when,
                     const BroadcastDims& dims) {
  const BroadcastDims d = join_axes(dims);
  for_each_row(d, [&](size_t y0, size_t c0, size_t x0) {
    add_row(dx + x0, d.stride_b[3], d.extent[3], [&](size_t i, unsigned lanes) {
      const f32x4 c = load_operand(condition + c0, i, d.stride_a[3], lanes);
      return choose(c, when, load(dy + y0 + i, lanes), f32x4::zero());
    });
  });
}

}  // namespace downhill::kernels
