// First values for weights. A layer's values depend on the seed and on its own name alone: adding a
// layer changes no other.
#pragma once

#include <span>

#include "base/rng.hpp"
#include "nn/choices.hpp"

namespace downhill {

// Fills `values` of a parameter whose unit sums `fan_in` products. `bias`: it is one.
//   pytorch  uniform in ±1/sqrt(fan_in), weights and biases: the default of torch.nn.Linear
//            (kaiming_uniform with a = sqrt(5) comes to the same)
//   normal   N(0, 1), weights and biases: torch.randn, as in the book
//   he       weights N(0, 2/fan_in), biases 0 (He et al., "Delving Deep into Rectifiers", 2015)
//   zero     all 0: every hidden unit stays like every other
void initialize(InitKind kind, std::span<float> values, uint32_t fan_in, bool bias, Rng rng);

}  // namespace downhill
