#include "nn/parameter_slabs.hpp"

#include <utility>

namespace downhill {

namespace {
size_t padded(size_t count) { return (count + Arena::kPad - 1) / Arena::kPad * Arena::kPad; }
}  // namespace

Parameter& ParameterSlabs::add(std::string name, Shape shape) {
  Parameter& parameter = parameters_.emplace_back();
  parameter.name = std::move(name);
  parameter.value.shape = parameter.grad.shape = shape;
  return parameter;
}

void ParameterSlabs::allocate() {
  size_t total = 0;
  for (const Parameter& parameter : parameters_) total += padded(parameter.value.shape.size());
  arena_.reset();
  values_ = arena_.zeros(total);
  grads_ = arena_.zeros(total);
  size_t offset = 0;
  for (Parameter& parameter : parameters_) {
    parameter.value.data = values_.data() + offset;
    parameter.grad.data = grads_.data() + offset;
    parameter.has_grad = false;
    offset += padded(parameter.value.size());
  }
}

size_t ParameterSlabs::count() const {
  size_t count = 0;
  for (const Parameter& parameter : parameters_) count += parameter.value.size();
  return count;
}

void ParameterSlabs::zero_grad() {
  for (Parameter& parameter : parameters_) parameter.zero_grad();
}

}  // namespace downhill
