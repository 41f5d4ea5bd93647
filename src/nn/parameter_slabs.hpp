// All parameters of a model in three parallel slabs: every value behind the other, so those of
// before the last step, and every gradient. The optimizer is one loop over them, a checkpoint one
// copy, a hash one pass. A fourth slab holds what a model remembers without learning it. A slab
// knows names and shapes, not layers.
#pragma once

#include <deque>
#include <span>
#include <string>

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
  // Declares a buffer, likewise. Its memory comes with allocate(); the tensor stays where it is.
  Tensor& add_buffer(std::string name, Shape shape, float initial);
  // Makes the slabs, all values and gradients zero, buffers as reset_buffers() makes them. Each
  // parameter and buffer begins on a multiple of 16 floats; the pad between them stays zero.
  void allocate();

  std::span<float> values() const { return values_; }  // pads included
  // The values as they were before the last step that kept them, same layout. Such a step writes to
  // this memory and lets the two change places, so that a kept slab costs no copy; so whoever holds
  // on to values() or a Tensor of one holds those of before.
  std::span<float> values_before() const { return values_before_; }
  void exchange_values();
  std::span<float> grads() const { return grads_; }  // same layout
  size_t count() const;                              // numbers that are learned, pads not counted

  std::span<float> buffers() const { return buffer_values_; }  // pads included

  std::deque<Parameter>& all() { return parameters_; }
  const std::deque<Parameter>& all() const { return parameters_; }
  const std::deque<Buffer>& all_buffers() const { return buffers_; }

  // Forgets all gradients, as optimizer.zero_grad() does.
  void zero_grad();
  // Forgets all gradients and calls backward(), after which grads() are those of the call alone.
  // The first who adds to one need not read it, so that nobody fills the slab with zeros before.
  template <class Backward>
  void replace_grads(Backward backward) {
    for (Parameter& parameter : parameters_) parameter.has_grad = false, parameter.stale = true;
    backward();
    for (Parameter& parameter : parameters_) {
      if (parameter.stale) parameter.zero_grad();
    }
  }
  // Every buffer has its initial value again.
  void reset_buffers();

 private:
  std::deque<Parameter> parameters_;  // a deque: layers keep pointers to them
  std::deque<Buffer> buffers_;
  Arena arena_;
  std::span<float> values_, values_before_, grads_, buffer_values_;
};

}  // namespace downhill
