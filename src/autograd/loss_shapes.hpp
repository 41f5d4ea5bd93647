// The check that every loss makes of its operands, and how most losses are recorded. For ops/ only.
#pragma once

#include "autograd/tape.hpp"

namespace downhill {

// The tape, if prediction and target have one shape that is not empty; otherwise null, and the
// message is in the tape.
inline Tape* tape_of_loss(const char* op, Var prediction, Var target) {
  Tape* tape = Tape::of(op, {prediction, target});
  if (tape == nullptr) return nullptr;
  if (prediction.shape() == target.shape() && prediction.size() > 0) return tape;
  tape->fail(op, "the prediction is " + print(prediction.shape()) + ", the target is " +
                     print(target.shape()) + ": they must be equal and not empty");
  return nullptr;
}

// Records a mean over terms of (prediction, target) with two functions of
// kernels/reductions/loss.hpp: forward(terms, x, t, size) returns the loss, and
// backward(dx, dt, x, t, dloss, size) adds to each of the two gradients that is not null.
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
