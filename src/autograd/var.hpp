// A handle to one value on a tape. Copying it copies a pointer and two numbers. It is good until
// its tape is cleared; the values live in the tape's arena. Arithmetic on Vars is declared in
// ops.hpp and reads as in PyTorch:
//
//   Var x = tape.variable(8.0f);
//   Var y = x * x;
//   y.backward();
//   x.grad().item();   // 16
//
// No exception is ever thrown. An operation that cannot be done gives an invalid Var and leaves its
// sentence in the tape (Tape::error); operations on an invalid Var give invalid Vars and add no
// second sentence.
#pragma once

#include <cstdint>

#include "autograd/tensor.hpp"
#include "kernels/elementwise/grad_target.hpp"

namespace downhill {

class Tape;
struct PixelValues;

class Var {
 public:
  Var() = default;  // invalid, of no tape

  // False for the result of a refused operation, and for a value of before Tape::clear.
  bool valid() const;
  // Of an invalid Var: a scalar shape, no data, NaN, no gradient.
  Shape shape() const;
  Tensor value() const;
  const float* data() const { return value().data; }
  size_t size() const { return value().size(); }
  float item() const;  // the only element; NaN if there is not exactly one

  // Whether backward computes a gradient for it. As in PyTorch: leaves as they were made, results
  // if any of their inputs does and the tape is recording.
  bool requires_grad() const;
  // d loss / d this, or a Tensor without data before the first backward that reached it. Of leaves
  // it adds up over backward calls; of results it is that of the last call (PyTorch keeps it only
  // after retain_grad()).
  Tensor grad() const;
  // Forgets the gradient of a leaf.
  void zero_grad() const;

  // Runs Tape::backward from here.
  void backward(bool retain_graph = false) const;
  // The same numbers (not a copy) as a constant: no gradient flows through it.
  Var detach() const;

  // For ops that can work on bytes: the images that are this value, or null. value() makes floats
  // of them.
  PixelValues* pixels() const;
  // For the pull functions of ops. Where to add d loss / d this, or null if nobody wants it. The
  // first call in a backward clears that of a result; a leaf's adds up.
  float* grad_target() const;
  // The same for ops that write every number of it: the first call leaves it as it is, and says so.
  kernels::GradTarget overwritable_grad_target() const;
  // For relu. Writes relu(this) to y if this is a result that is written late or soon and nobody
  // has asked for; otherwise gives false.
  bool write_rectified(float* y) const;
  // Instead of adding to the gradient target: leaves it to the operation before, or to whoever asks for the
  // gradient, to take from dy, that of y = relu(this), what y lets through. False if the operation
  // cannot, or somebody has added before.
  bool hand_on(const float* dy, const float* y) const;

  Tape* tape() const { return tape_; }
  uint32_t id() const { return id_; }  // its place in Tape::nodes()

 private:
  friend class Tape;
  static constexpr uint32_t kNone = ~0u;
  Var(Tape* tape, uint32_t id, uint32_t generation)
      : tape_(tape), id_(id), generation_(generation) {}

  Tape* tape_ = nullptr;
  uint32_t id_ = kNone;
  uint32_t generation_ = 0;  // of the tape; it changes when the tape is cleared
};

}  // namespace downhill
