// What every loss asks of its operands. Not for use outside ops/.
#pragma once

#include "autograd/tape.hpp"

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

}  // namespace downhill
