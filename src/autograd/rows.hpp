// A shape as rows of its last axis, for ops that work along it. For ops/ only.
#pragma once

#include "autograd/shape.hpp"
#include "kernels/reductions/rows.hpp"

namespace downhill {

// A scalar is one row of one number.
inline kernels::Rows rows_of(const Shape& shape) {
  if (shape.rank() == 0) return {.count = 1, .width = 1};
  kernels::Rows rows{.count = 1, .width = shape[shape.rank() - 1]};
  for (uint32_t axis = 0; axis + 1 < shape.rank(); ++axis) rows.count *= shape[axis];
  return rows;
}

}  // namespace downhill
