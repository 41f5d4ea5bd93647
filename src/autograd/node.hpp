// One line of the tape: what an operation gave, and what it keeps for its way back.
#pragma once

#include <array>
#include <cstdint>

#include "autograd/tensor.hpp"
#include "autograd/var.hpp"
#include "kernels/sparse_images/pixels.hpp"

namespace downhill {

// Images as bytes, which become floats when somebody asks for them: a first layer need not.
struct PixelValues {
  kernels::Pixels pixels;
  float* floats = nullptr;
};

// Public, so that tests and the benchmark can read it.
struct Node {
  static constexpr uint32_t kMaxInputs = 4;
  using Pull = void (*)(const void* captures, const float* y, const kernels::UpstreamGrad& dy);
  using Write = void (*)(const void* captures, float* y, float* relu);

  const char* op = "";  // "linear"; of leaves "variable", "parameter", "constant"
  Tensor value;         // without data: nobody has asked for it yet, or `pixels` as floats
  PixelValues* pixels = nullptr;   // of a constant made of bytes, and of it under another shape
  float* grad = nullptr;           // null until a backward reaches it, but of a parameter
  Parameter* parameter = nullptr;  // of a "parameter"; its grad lives there
  std::array<uint32_t, kMaxInputs> inputs{};  // places in the tape, all before this one
  uint32_t input_count = 0;
  bool requires_grad = false;
  bool consumed = false;                     // a backward went through it: it cannot be repeated
  uint64_t forward_ns = 0, backward_ns = 0;  // zero without a clock

  bool is_leaf() const { return input_count == 0; }

  Write write = nullptr;  // of a result that is written late or soon
  const void* write_captures = nullptr;
  Pull pull = nullptr;  // adds to the gradients of the inputs
  const void* captures = nullptr;
  bool takes_handed = false;     // whether pull can read what a ReLU handed on
  kernels::UpstreamGrad handed;  // until somebody asks for grad, or adds to it
  uint32_t reached = 0;          // the last backward (counted from 1) that touched grad
};

}  // namespace downhill
