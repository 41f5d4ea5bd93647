#include "nn/parameter_slabs.hpp"

#include <algorithm>
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

Tensor& ParameterSlabs::add_buffer(std::string name, Shape shape, float initial) {
  Buffer& buffer = buffers_.emplace_back();
  buffer.name = std::move(name);
  buffer.value.shape = shape;
  buffer.initial = initial;
  return buffer.value;
}

void ParameterSlabs::allocate() {
  size_t total = 0, buffer_total = 0;
  for (const Parameter& parameter : parameters_) total += padded(parameter.value.shape.size());
  for (const Buffer& buffer : buffers_) buffer_total += padded(buffer.value.shape.size());
  arena_.reset();
  values_ = arena_.zeros(total);
  values_before_ = arena_.zeros(total);
  grads_ = arena_.zeros(total);
  buffer_values_ = arena_.zeros(buffer_total);
  size_t offset = 0;
  for (Parameter& parameter : parameters_) {
    parameter.value.data = values_.data() + offset;
    parameter.grad.data = grads_.data() + offset;
    parameter.has_grad = false;
    offset += padded(parameter.value.size());
  }
  offset = 0;
  for (Buffer& buffer : buffers_) {
    buffer.value.data = buffer_values_.data() + offset;
    offset += padded(buffer.value.size());
  }
  reset_buffers();
}

void ParameterSlabs::exchange_values() {
  for (Parameter& parameter : parameters_) {
    parameter.value.data = values_before_.data() + (parameter.value.data - values_.data());
  }
  std::swap(values_, values_before_);
}

size_t ParameterSlabs::count() const {
  size_t count = 0;
  for (const Parameter& parameter : parameters_) count += parameter.value.size();
  return count;
}

void ParameterSlabs::zero_grad() {
  for (Parameter& parameter : parameters_) parameter.zero_grad();
}

void ParameterSlabs::reset_buffers() {
  for (const Buffer& buffer : buffers_) std::ranges::fill(buffer.value.span(), buffer.initial);
}

}  // namespace downhill
