// What every loss asks of its operands, and how most of them enter the tape. Not for use outside
// ops/.
#pragma once

#include "autograd/record.hpp"

namespace downhill {

// The tape, if prediction and target are of one shape that is not empty; otherwise null, and the
// sentence is there.
inline Tape* tape_of_loss(const char* op, Var prediction, Var target) {
  Tape* tape = Tape::of(op, {prediction, target});
  if (tape == nullptr) return nullptr;
  if (prediction.shape() == target.shape() && prediction.size() > 0) return tape;
  tape->fail(op, "the prediction is " + print(prediction.shape()) + ", the target is " +
                     print(target.shape()) + ": they must be equal and not empty");
  return nullptr;
}

// How a mean over terms of (prediction, target) enters the tape, of kernels/loss.hpp:
// forward(terms, x, t, size) gives the loss, backward(dx, dt, x, t, dloss, size) adds to whichever
// of the two gradients is wanted.
template <class Forward, class Backward>
Var record_loss(const char* op, Var x, Var target, Forward forward, Backward backward) {
  Tape* tape = tape_of_loss(op, x, target);
  if (tape == nullptr) return {};
  const size_t size = x.size();
  const float* t = target.data();
  float* terms = tape->scratch(size).data();
  return tape->record(
      op, Shape{}, {x, target}, [=](float* y) { *y = forward(terms, x.data(), t, size); },
      [=](const float*, const float* dy) {
        float* dx = x.grad_target();
        float* dt = target.grad_target();
        backward(dx, dt, x.data(), t, *dy, size);
      });
}

}  // namespace downhill
