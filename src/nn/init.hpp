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
//   pytorch  uniform in ±1/sqrt(fan_in), weights and biases: the default of torch.nn.Linear
//            (the same as kaiming_uniform with a = sqrt(5))
//   normal   N(0, 1), weights and biases: torch.randn, as in the book
//   he       weights N(0, 2/fan_in), biases 0 (He et al., "Delving Deep into Rectifiers", 2015)
//   zero     all 0: all hidden units stay alike
//   large    weights N(0, 9), biases 0: too large on purpose. A first unit starts at ten to thirty,
//            where a sigmoid is flat, and each layer makes the signal larger
//   glorot   weights uniform in ±sqrt(6 / (fan_in + fan_out)), biases 0 (Glorot and Bengio,
//            "Understanding the difficulty of training deep feedforward neural networks", 2010, eq.
//            16)
void initialize(InitKind kind, std::span<float> values, uint32_t fan_in, uint32_t fan_out,
                bool bias, Rng rng);

}  // namespace downhill
