// All parameters of a model in three parallel slabs: their values, their values before the last
// step, and their gradients, each contiguous. The optimizer is one loop over them, a checkpoint one
// copy, a hash one pass. A fourth slab holds the buffers. Knows names and shapes, and no layers.
#pragma once

#include <algorithm>
#include <deque>
#include <span>
#include <string>
#include <vector>

#include "autograd/tensor.hpp"
#include "base/arena.hpp"

namespace downhill {

// Numbers that are saved with the weights and that no optimizer steps: PyTorch's register_buffer. A
// batch norm's running mean is one.
struct Buffer {
  std::string name;  // "norm1.running_mean"
  Tensor value;
  float initial = 0;  // of every element, when a model is initialized
};

class ParameterSlabs {
 public:
  // Declares a parameter; `name` like "layer1.weight". Declare all, then allocate() once.
  Parameter& add(std::string name, Shape shape);
  // Declares a buffer in the same way. allocate() gives it memory; the reference stays valid.
  Tensor& add_buffer(std::string name, Shape shape, float initial);
  // Makes the slabs: values and gradients are zero, buffers have their initial values. Each
  // parameter and buffer begins at a multiple of 16 floats; the padding between them stays zero.
  void allocate();

  std::span<float> values() const { return values_; }  // pads included
  // The values before the last step that saved them, same layout. Such a step writes the new values
  // here and exchanges the two slabs, so that saving costs no copy. A span of values() or a Tensor
  // taken before the step then sees the old values.
  std::span<float> values_before() const { return values_before_; }
  void exchange_values();
  std::span<float> grads() const { return grads_; }  // same layout
  size_t count() const;                              // numbers that are learned, without pads

  std::span<float> buffers() const { return buffer_values_; }  // pads included

  std::deque<Parameter>& all() { return parameters_; }
  const std::deque<Parameter>& all() const { return parameters_; }
  const std::deque<Buffer>& all_buffers() const { return buffers_; }

  // Clears all gradients, as optimizer.zero_grad() does.
  void zero_grad();
  // Calls backward(), after which grads() are those of this call alone. For the first addition the
  // old gradient counts as 0, so the slab need not be filled with zeros before.
  template <class Backward>
  void replace_grads(Backward backward) {
    std::copy_n(grads_.data(), carried_.size(), carried_.data());
    for (Parameter& parameter : parameters_) parameter.has_grad = false, parameter.stale = true;
    backward();
    for (Parameter& parameter : parameters_) {
      if (parameter.stale) parameter.zero_grad();
    }
    for (size_t i = 0; i < carried_.size(); ++i) grads_[i] = carried_[i] + grads_[i];
  }
  // From now on replace_grads() forgets to clear: the new gradient is added to the old one, each as
  // a whole, as PyTorch does without zero_grad(). To be called after allocate().
  void carry_grads() { carried_.assign(grads_.size(), 0.0f); }
  // The gradients if they are part of the state of a run, else empty.
  std::span<float> carried_grads() const { return carried_.empty() ? std::span<float>() : grads_; }
  // Sets every buffer to its initial value.
  void reset_buffers();

 private:
  std::deque<Parameter> parameters_;  // a deque: layers keep pointers to them
  std::deque<Buffer> buffers_;
  Arena arena_;
  std::span<float> values_, values_before_, grads_, buffer_values_;
  std::vector<float> carried_;  // the old gradients while new ones are made; empty: cleared
};

}  // namespace downhill
