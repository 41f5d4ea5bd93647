// The walk of a reduction along one axis of its operand. For ops/ only.
#pragma once

#include "autograd/tape.hpp"
#include "kernels/reductions/reduce.hpp"

namespace downhill {

struct Axis {
  kernels::AxisDims dims;
  Shape left;  // the shape without the axis
};

// Nothing if x has no such axis.
inline std::optional<Axis> find_axis(const Shape& x, uint32_t axis) {
  if (axis >= x.rank()) return std::nullopt;
  Axis found{.dims = {.outer = 1, .extent = x[axis], .inner = 1}, .left = {}};
  for (uint32_t i = 0; i < x.rank(); ++i) {
    if (i == axis) continue;
    (i < axis ? found.dims.outer : found.dims.inner) *= x[i];
    found.left.append(x[i]);
  }
  return found;
}

inline Var no_such_axis(Tape& tape, const char* op, const Shape& x, uint32_t axis) {
  return tape.fail(op, "x is " + print(x) + " and has no axis " + std::to_string(axis));
}

}  // namespace downhill
