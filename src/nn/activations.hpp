// The activation functions, as operations on the tape. Their words are in
// nn/choices/activations.hpp; knows nothing of layers.
#pragma once

#include "autograd/dual.hpp"
#include "nn/choices/activations.hpp"

namespace downhill {

// f(x), element by element, on x's tape.
Var activate(ActivationKind kind, Var x);
Dual activate(ActivationKind kind, Dual x);

}  // namespace downhill
