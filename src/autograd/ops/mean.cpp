#include "autograd/ops.hpp"
#include "kernels/reduce.hpp"
#include "kernels/update.hpp"

namespace downhill {

// y = Σ x / n;  dx += dy/n, the same for all
Var mean(Var x) {
  Tape* tape = Tape::of("mean", {x});
  if (tape == nullptr) return {};
  const size_t size = x.size();
  const float n = static_cast<float>(size);
  return tape->record(
      "mean", Shape{}, {x}, [=](float* y) { *y = kernels::sum(x.data(), size) / n; },
      [=](const float*, const float* dy) { kernels::add_scalar(x.sink(), *dy / n, size); });
}

}  // namespace downhill
