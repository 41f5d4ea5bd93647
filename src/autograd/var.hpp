// A handle to one value on a tape. Copying it copies a pointer and two numbers. It is valid until
// its tape is cleared; the values live in the tape's arena. Arithmetic on Vars is declared in
// ops.hpp and reads as in PyTorch:
//
//   Var x = tape.variable(8.0f);
//   Var y = x * x;
//   y.backward();
//   x.grad().item();   // 16
//
// Nothing throws. An op that cannot be done returns an invalid Var and leaves its message in the
// tape (Tape::error); ops on an invalid Var return invalid Vars and add no second message.
#pragma once

#include <cstdint>

#include "autograd/node.hpp"
#include "kernels/elementwise/grad_target.hpp"

namespace downhill {

class Tape;

class Var {
 public:
  Var() = default;  // invalid, on no tape

  // False for the result of a refused op, and for a value from before Tape::clear.
  bool valid() const;
  // An invalid Var has a scalar shape, no data, the item NaN and no gradient.
  Shape shape() const { return node().value.shape; }
  Tensor value() const;
  const float* data() const { return value().data; }
  size_t size() const { return value().size(); }
  float item() const;  // the only element; NaN if there is not exactly one

  // Whether backward computes a gradient for it. As in PyTorch: a leaf says so when it is made, a
  // result requires one if any of its inputs does and the tape was recording.
  bool requires_grad() const { return node().requires_grad; }
  // d loss / d this, or a Tensor without data before a backward pass has reached it. A leaf's adds
  // up over passes; a result's is that of the last pass (PyTorch keeps it only after
  // retain_grad()).
  Tensor grad() const;
  void zero_grad() const;  // forgets the gradient of a leaf

  void backward(bool retain_graph = false) const;  // Tape::backward from here
  // The same memory as a constant: no gradient flows through it.
  Var detach() const;

  // The byte images that this value is, or null. value() converts them to floats; ops that can
  // work on bytes read them here.
  const kernels::Pixels* pixels() const { return node().pixels; }
  // For the backward of ops: where to add d loss / d this, or null if it requires no gradient.
  float* grad_target() const;
  // The same for ops that write every element. If the gradient starts in this pass, the old
  // elements count as 0, and the op writes its own instead of adding.
  kernels::GradTarget overwritable_grad_target() const;

  Tape* tape() const { return tape_; }
  uint32_t id() const { return id_; }  // its index in Tape::nodes()

 private:
  friend class Tape;
  static constexpr uint32_t kNone = ~0u;
  Var(Tape* tape, uint32_t id, uint32_t generation)
      : tape_(tape), id_(id), generation_(generation) {}
  const Node& node() const;  // an empty one if invalid

  Tape* tape_ = nullptr;
  uint32_t id_ = kNone;
  uint32_t generation_ = 0;  // of the tape, which changes it in clear()
};

}  // namespace downhill
