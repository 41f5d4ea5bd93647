// All parameters of a model in two parallel slabs: every value behind the other, every gradient
// behind the other. The optimizer is one loop over them, a checkpoint one copy, a hash one pass. A
// slab knows names and shapes, not layers.
#pragma once

#include <deque>
#include <span>
#include <string>

#include "autograd/tensor.hpp"
#include "base/arena.hpp"

namespace downhill {

class ParameterSlabs {
 public:
  // Declares a parameter; `name` like "layer1.weight". Declare all, then allocate() once.
  Parameter& add(std::string name, Shape shape);
  // Makes the slabs, all values and gradients zero. Each parameter begins on a multiple of 16
  // floats; the pad between them stays zero in both slabs.
  void allocate();

  std::span<float> values() const { return values_; }  // pads included
  std::span<float> grads() const { return grads_; }    // same layout
  size_t count() const;                                // numbers that are learned, pads not counted

  std::deque<Parameter>& all() { return parameters_; }
  const std::deque<Parameter>& all() const { return parameters_; }

  // Forgets all gradients, as optimizer.zero_grad() does.
  void zero_grad();

 private:
  std::deque<Parameter> parameters_;  // a deque: layers keep pointers to them
  Arena arena_;
  std::span<float> values_, grads_;
};

}  // namespace downhill
