// The steps of the optimizers as plain loops, one weight at a time; optimizers/update.hpp has the
// formulas. Tests compare the fast kernels with these, bit for bit; nothing else calls them.
#pragma once

#include <cstddef>

#include "kernels/optimizers/update.hpp"

namespace downhill::kernels::reference {

void descend_sgd(Weights w, const float* dw, const Descent&, size_t count, float* moved);
void descend_momentum(Weights w, float* m, const float* dw, const Descent&, size_t count,
                      float* moved);
void descend_nesterov(Weights w, float* m, const float* dw, const Descent&, size_t count,
                      float* moved);
void descend_rmsprop(Weights w, float* v, const float* dw, const Descent&, size_t count,
                     float* moved);
void descend_adam(Weights w, float* m, float* v, const float* dw, const Descent&, size_t count,
                  float* moved);

}  // namespace downhill::kernels::reference
