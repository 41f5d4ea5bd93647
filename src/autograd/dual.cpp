// The ops that are linear in each operand, and pools: their tangents are made of the ops
// themselves.
#include "autograd/dual.hpp"

#include "autograd/window_shapes.hpp"

namespace downhill {
namespace {

// A tangent that is on no tape is 0.
bool moves(Var tangent) { return tangent.tape() != nullptr; }

Var plus(Var a, Var b) {
  if (!moves(a) || !moves(b)) return moves(a) ? a : b;
  return a + b;
}

template <class F>
Var along(Var tangent, F f) {
  return moves(tangent) ? f(tangent) : Var{};
}

// d f(x, w) = f(dx, w) + f(x, dw)
template <class F>
Dual bilinear(Dual x, Dual w, F f) {
  const Var by_x = along(x.tangent, [&](Var dx) { return f(dx, w.primal); });
  const Var by_w = along(w.tangent, [&](Var dw) { return f(x.primal, dw); });
  return {f(x.primal, w.primal), plus(by_x, by_w)};
}

// The same with a bias: d f(x, w, b) = f(dx, w) + f(x, dw, db)
template <class F, class G>
Dual bilinear(Dual x, Dual w, Dual b, F f, G with_bias) {
  assert(w.moves() == b.moves());
  const Var by_x = along(x.tangent, [&](Var dx) { return f(dx, w.primal); });
  const Var by_w = along(w.tangent, [&](Var dw) { return with_bias(x.primal, dw, b.tangent); });
  return {with_bias(x.primal, w.primal, b.primal), plus(by_x, by_w)};
}

// The numbers of v at the places where x has the maxima of its windows;  dv += dy there.
Var at_maxima(Var x, Var v, Pool2dOptions options) {
  Tape* tape = Tape::of("max_pool2d", {x, v});
  if (tape == nullptr) return {};
  const auto found = pool2d_dims(*tape, "max_pool2d", x.shape(), options);
  if (!found) return {};
  const kernels::Pool2dDims dims = *found;
  const Shape shape{dims.n, dims.oh(), dims.ow(), dims.channels};
  float* const winner = tape->scratch(shape.size()).data();
  return tape->record(
      "max_pool2d tangent", shape, {v},
      [=](float* y) {
        kernels::max_pool2d_forward(y, winner, x.data(), dims);
        kernels::max_pool2d_take(y, winner, v.data(), dims);
      },
      [=](const float*, const float* dy) {
        if (const kernels::GradTarget dv = v.overwritable_grad_target()) {
          kernels::max_pool2d_backward(dv, winner, dy, dims);
        }
      });
}

}  // namespace

Dual operator+(Dual a, Dual b) { return {a.primal + b.primal, plus(a.tangent, b.tangent)}; }

Dual reshape(Dual x, Shape shape) {
  return {reshape(x.primal, shape), along(x.tangent, [&](Var v) { return reshape(v, shape); })};
}

Dual flatten(Dual x) {
  return {flatten(x.primal), along(x.tangent, [](Var v) { return flatten(v); })};
}

Dual linear(Dual x, Dual w, LinearOptions options) {
  assert(!options.relu);
  return bilinear(x, w, [=](Var a, Var b) { return linear(a, b, options); });
}

Dual linear(Dual x, Dual w, Dual b, LinearOptions options) {
  assert(!options.relu);
  return bilinear(
      x, w, b, [=](Var p, Var q) { return linear(p, q, options); },
      [=](Var p, Var q, Var r) { return linear(p, q, r, options); });
}

Dual conv2d(Dual x, Dual w, Conv2dOptions options) {
  assert(!options.relu);
  return bilinear(x, w, [=](Var a, Var b) { return conv2d(a, b, options); });
}

Dual conv2d(Dual x, Dual w, Dual b, Conv2dOptions options) {
  assert(!options.relu);
  return bilinear(
      x, w, b, [=](Var p, Var q) { return conv2d(p, q, options); },
      [=](Var p, Var q, Var r) { return conv2d(p, q, r, options); });
}

Dual max_pool2d(Dual x, Pool2dOptions options) {
  return {max_pool2d(x.primal, options),
          along(x.tangent, [&](Var v) { return at_maxima(x.primal, v, options); })};
}

Dual avg_pool2d(Dual x, Pool2dOptions options) {
  return {avg_pool2d(x.primal, options),
          along(x.tangent, [&](Var v) { return avg_pool2d(v, options); })};
}

// The stream gives both the same mask.
Dual dropout(Dual x, float p, Rng rng) {
  return {dropout(x.primal, p, rng), along(x.tangent, [&](Var v) { return dropout(v, p, rng); })};
}

}  // namespace downhill
