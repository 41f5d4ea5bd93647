// The first values of weights. A layer's values depend only on the seed and on its own name, so
// adding a layer changes no other layer.
#pragma once

#include <span>

#include "base/rng.hpp"
#include "nn/choices.hpp"

namespace downhill {

// Fills the values of one parameter. Every output of its layer is a sum of `fan_in` products and
// every input takes part in `fan_out`; for a convolution both include the window, kh·kw·channels.
// `bias`: the values are biases.
void initialize(InitKind kind, std::span<float> values, uint32_t fan_in, uint32_t fan_out,
                bool bias, Rng rng);

}  // namespace downhill
