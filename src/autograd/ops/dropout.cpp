#include "autograd/ops.hpp"
#include "base/text.hpp"
#include "kernels/optimizers/update.hpp"

namespace downhill {

// y = x·f;  dx += dy·f.   f is 0 with probability p, else 1/(1 - p), which keeps the expectation.
Var dropout(Var x, float p, Rng rng) {
  Tape* tape = Tape::of("dropout", {x});
  if (tape == nullptr) return {};
  if (!(p >= 0 && p < 1)) {
    return tape->fail("dropout", "p is " + print(p) + ": it must be in [0, 1)");
  }
  const std::span<float> factors = tape->scratch(x.size());
  const float scale = 1.0f / (1.0f - p);
  for (float& factor : factors) factor = rng.uniform() < p ? 0.0f : scale;
  const float* f = factors.data();
  const size_t size = x.size();
  return tape->record(
      "dropout", x.shape(), {x}, [=](float* y) { kernels::multiply(y, x.data(), f, size); },
      [=](const float*, const float* dy) { kernels::multiply_add(x.grad_target(), dy, f, size); });
}

}  // namespace downhill
