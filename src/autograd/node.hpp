// One entry of the tape: the value that an op computed, and what its backward needs. Public, so
// that tests and the benchmark can read it.
#pragma once

#include <array>
#include <cstdint>

#include "autograd/tensor.hpp"
#include "kernels/sparse_images/pixels.hpp"

namespace downhill {

struct Node {
  static constexpr uint32_t kMaxInputs = 4;
  // Adds d loss / d input to the gradient target of every input. y: the value, dy: its gradient.
  using Backward = void (*)(const void* captures, const float* y, const float* dy);

  const char* op = "";  // "linear", "linear+relu"; a leaf: "variable", "parameter", "constant"
  Tensor value;
  // Byte images, which have no floats in `value` until something reads them: a first layer reads
  // the bytes.
  const kernels::Pixels* pixels = nullptr;
  float* grad = nullptr;                      // null until a backward pass reaches it
  Parameter* parameter = nullptr;             // a "parameter" leaf's, which holds its gradient
  std::array<uint32_t, kMaxInputs> inputs{};  // indices of earlier nodes, input_count of them
  uint32_t input_count = 0;
  bool requires_grad = false;
  bool saved = true;      // backward needs more than dy
  bool consumed = false;  // a backward pass went through it and released what was saved
  uint32_t reached = 0;   // the last backward pass, counted from 1, that touched grad
  Backward backward = nullptr;
  const void* captures = nullptr;            // of the backward lambda, in the arena
  uint64_t forward_ns = 0, backward_ns = 0;  // 0 without a clock

  bool is_leaf() const { return input_count == 0; }
};

}  // namespace downhill
