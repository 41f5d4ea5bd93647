#include "autograd/elementwise.hpp"
#include "autograd/ops.hpp"
#include "autograd/record.hpp"
#include "kernels/elementwise/select.hpp"

namespace downhill {

// y = condition != 0 ? a : b;  da += Σ dy where the condition holds, db += Σ dy where it does not
Var where(Var condition, Var a, Var b) {
  Tape* tape = Tape::of("where", {condition, a, b});
  if (tape == nullptr) return {};
  const Shape sc = condition.shape(), sa = a.shape(), sb = b.shape();
  const auto of_two = broadcast(sa, sb);
  const auto shape = of_two ? broadcast(sc, *of_two) : std::nullopt;
  if (!shape) {
    return tape->fail("where", "the condition is " + print(sc) + ", " + cannot_broadcast(sa, sb));
  }
  const auto walk_a = broadcast_dims(sc, sa, *shape);
  const auto walk_b = broadcast_dims(sc, sb, *shape);
  return tape->record(
      "where", *shape, {condition, a, b},
      [=](float* y) {
        kernels::select_forward(y, condition.data(), a.data(), true, walk_a);
        kernels::select_forward(y, condition.data(), b.data(), false, walk_b);
      },
      [=](const float*, const float* dy) {
        float* da = a.grad_target();
        float* db = b.grad_target();
        if (da) kernels::select_backward(da, condition.data(), dy, true, walk_a);
        if (db) kernels::select_backward(db, condition.data(), dy, false, walk_b);
      });
}

}  // namespace downhill
