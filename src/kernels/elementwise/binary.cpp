#include "kernels/elementwise/binary.hpp"

namespace downhill::kernels {

BroadcastDims join_axes(const BroadcastDims& dims) {
  // From the last axis outwards. An axis joins its inner neighbour if, for both operands, one step
  // along it equals a full pass along the neighbour.
  BroadcastDims joined;
  int axis = 3;
  for (int outer = 3; outer >= 0; --outer) {
    if (dims.extent[outer] == 1) continue;
    const uint32_t inner = joined.extent[axis];
    const bool fits = inner != 1 && dims.stride_a[outer] == inner * joined.stride_a[axis] &&
                      dims.stride_b[outer] == inner * joined.stride_b[axis];
    if (fits) {
      joined.extent[axis] *= dims.extent[outer];
      continue;
    }
    if (inner != 1) --axis;
    joined.extent[axis] = dims.extent[outer];
    joined.stride_a[axis] = dims.stride_a[outer];
    joined.stride_b[axis] = dims.stride_b[outer];
  }
  return joined;
}

}  // namespace downhill::kernels
