#include "autograd/shape.hpp"

#include <algorithm>

namespace downhill {

std::string print(const Shape& shape) {
  std::string text = "[";
  for (uint32_t axis = 0; axis < shape.rank(); ++axis) {
    if (axis > 0) text += ", ";
    text += std::to_string(shape[axis]);
  }
  return text + "]";
}

std::optional<Shape> broadcast(const Shape& a, const Shape& b) {
  const uint32_t rank = std::max(a.rank(), b.rank());
  const auto extent = [rank](const Shape& shape, uint32_t axis) {
    const uint32_t missing = rank - shape.rank();
    return axis < missing ? 1 : shape[axis - missing];
  };
  Shape result;
  for (uint32_t axis = 0; axis < rank; ++axis) {
    const uint32_t in_a = extent(a, axis), in_b = extent(b, axis);
    if (in_a != in_b && in_a != 1 && in_b != 1) return std::nullopt;
    result.append(in_a == 1 ? in_b : in_a);
  }
  return result;
}

}  // namespace downhill
