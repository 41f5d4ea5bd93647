#include "autograd/ops.hpp"
#include "autograd/rows.hpp"
#include "base/text.hpp"
#include "kernels/reductions/softmax.hpp"

namespace downhill {
namespace {

// The first row whose target is no class, or the number of rows.
size_t first_bad_class(const float* target, kernels::Rows rows) {
  const auto names_class = [&](float t) {
    return t >= 0 && t < static_cast<float>(rows.width) &&
           t == static_cast<float>(static_cast<size_t>(t));
  };
  size_t row = 0;
  while (row < rows.count && names_class(target[row])) ++row;
  return row;
}

}  // namespace

// y = mean(log Σ e^x - x[target]);  dx += dy/n·(softmax(x) - onehot).   x: [n, classes]
Var softmax_cross_entropy(Var logits, Var target) {
  constexpr const char* kOp = "softmax_cross_entropy";
  const Var x = logits;
  Tape* tape = Tape::of(kOp, {x, target});
  if (tape == nullptr) return {};
  const Shape shape = x.shape();
  if (shape.rank() != 2 || shape.size() == 0 || target.shape() != Shape{shape[0]}) {
    return tape->fail(kOp, "the logits are " + print(shape) + ", the target is " +
                               print(target.shape()) + ": they must be [n, classes] and [n]");
  }
  const kernels::Rows rows = rows_of(shape);
  const float* t = target.data();
  if (const size_t row = first_bad_class(t, rows); row < rows.count) {
    return tape->fail(kOp, "target[" + std::to_string(row) + "] is " + print(t[row]) +
                               ": a class is a whole number from 0 to " +
                               std::to_string(rows.width - 1));
  }
  float* terms = tape->scratch(rows.count).data();
  float* p = tape->scratch(rows.size()).data();
  return tape->record(
      kOp, Shape{}, {x, target},
      [=](float* y) { *y = kernels::softmax_cross_entropy_forward(terms, p, x.data(), t, rows); },
      [=](const float*, const float* dy) {
        if (float* dx = x.grad_target())
          kernels::softmax_cross_entropy_backward(dx, p, t, *dy, rows);
      });
}

}  // namespace downhill
