#include "autograd/elementwise.hpp"

namespace downhill {

kernels::BroadcastDims broadcast_dims(const Shape& a, const Shape& b, const Shape& result) {
  kernels::BroadcastDims dims;
  uint32_t step_a = 1, step_b = 1;  // row-major strides, from the last axis outwards
  for (uint32_t i = 0; i < result.rank(); ++i) {
    const uint32_t axis = Shape::kMaxRank - 1 - i;
    dims.extent[axis] = result[result.rank() - 1 - i];
    const auto stride = [i](const Shape& shape, uint32_t& step) {
      if (i >= shape.rank()) return 0u;
      const uint32_t extent = shape[shape.rank() - 1 - i];
      const uint32_t stride_here = extent == 1 ? 0u : step;
      step *= extent;
      return stride_here;
    };
    dims.stride_a[axis] = stride(a, step_a);
    dims.stride_b[axis] = stride(b, step_b);
  }
  return dims;
}

std::string cannot_broadcast(const Shape& a, const Shape& b) {
  return "a is " + print(a) + ", b is " + print(b) + ": they cannot be broadcast to one shape";
}

}  // namespace downhill
