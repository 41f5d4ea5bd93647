// Ops that work element by element: each is its value and, beside it, its derivative. Four elements
// are computed at a time, in a vector V.
#include <type_traits>

#include "autograd/ops.hpp"
#include "autograd/unary.hpp"
#include "kernels/elementwise/binary.hpp"
#include "kernels/elementwise/grad_target.hpp"
#include "kernels/elementwise/select.hpp"
#include "kernels/elementwise/unary.hpp"
#include "simd/math.hpp"

namespace downhill {
namespace {

using V = simd::f32x4;

V splat(float x) { return V::splat(x); }

// The walk over `result`, to which the operands' shapes must broadcast.
kernels::BroadcastDims broadcast_dims(const Shape& a, const Shape& b, const Shape& result) {
  kernels::BroadcastDims dims;
  uint32_t step_a = 1, step_b = 1;  // row-major strides, from the last axis outwards
  for (uint32_t i = 0; i < result.rank(); ++i) {
    const uint32_t axis = Shape::kMaxRank - 1 - i;
    dims.extent[axis] = result[result.rank() - 1 - i];
    const auto stride = [i](const Shape& shape, uint32_t& step) {
      if (i >= shape.rank()) return 0u;
      const uint32_t extent = shape[shape.rank() - 1 - i];
      const uint32_t stride_here = extent == 1 ? 0u : step;
      step *= extent;
      return stride_here;
    };
    dims.stride_a[axis] = stride(a, step_a);
    dims.stride_b[axis] = stride(b, step_b);
  }
  return dims;
}

std::string cannot_broadcast(const Shape& a, const Shape& b) {
  return "a is " + print(a) + ", b is " + print(b) + ": they cannot be broadcast to one shape";
}

// y = value(a, b);  da += Σ da(a, b, dy), db += Σ db(a, b, dy) over what was broadcast. The three
// capture nothing.
template <Saved saved, class Value, class Da, class Db>
Var binary(const char* op, Var a, Var b, Value, Da, Db) {
  struct Function {
    static V value(V x, V y) { return Value{}(x, y); }
    static V da(V x, V y, V dy) { return Da{}(x, y, dy); }
    static V db(V x, V y, V dy) { return Db{}(x, y, dy); }
  };
  Tape* tape = Tape::of(op, {a, b});
  if (tape == nullptr) return {};
  const std::optional<Shape> shape = broadcast(a.shape(), b.shape());
  if (!shape) return tape->fail(op, cannot_broadcast(a.shape(), b.shape()));
  const kernels::BroadcastDims dims = broadcast_dims(a.shape(), b.shape(), *shape);
  const float *pa = a.data(), *pb = b.data();
  return tape->record(
      op, *shape, {a, b}, [=](float* y) { kernels::broadcast_forward<Function>(y, pa, pb, dims); },
      [=](const float*, const float* dy) {
        float* da = a.grad_target();
        float* db = b.grad_target();
        kernels::broadcast_backward<Function>(da, db, pa, pb, dy, dims);
      },
      saved);
}

}  // namespace

// --- Of two operands: y; da; db

Var add(Var a, Var b) {
  return binary<Saved::nothing>(
      "add", a, b, [](V x, V y) { return x + y; }, [](V, V, V dy) { return dy; },
      [](V, V, V dy) { return dy; });
}
Var sub(Var a, Var b) {
  return binary<Saved::nothing>(
      "sub", a, b, [](V x, V y) { return x - y; }, [](V, V, V dy) { return dy; },
      [](V, V, V dy) { return -dy; });
}
Var mul(Var a, Var b) {
  return binary<Saved::values>(
      "mul", a, b, [](V x, V y) { return x * y; }, [](V, V y, V dy) { return dy * y; },
      [](V x, V, V dy) { return dy * x; });
}
Var div(Var a, Var b) {
  return binary<Saved::values>(
      "div", a, b, [](V x, V y) { return x / y; }, [](V, V y, V dy) { return dy / y; },
      [](V x, V y, V dy) { return -(dy * ((x / y) / y)); });
}

// --- Of one operand: y; dy/dx, which may use y where that is cheaper

Var neg(Var x) {
  struct Negative {
    static V value(V v) { return -v; }
    static V gradient(V upstream, V, V) { return -upstream; }
  };
  return unary("neg", x, Negative{}, Saved::nothing);
}
Var square(Var x) {
  return unary(
      "square", x, [](V v) { return v * v; }, [](V v, V) { return v + v; });
}
Var exp(Var x) {
  return unary(
      "exp", x, [](V v) { return simd::exp(v); }, [](V, V y) { return y; });
}
Var log(Var x) {
  return unary(
      "log", x, [](V v) { return simd::log(v); }, [](V v, V) { return splat(1) / v; });
}
Var abs(Var x) { return unary("abs", x, kernels::Abs{}); }
Var relu(Var x) { return unary("relu", x, kernels::Relu{}); }
Var leaky_relu(Var x, float slope) {
  return unary(
      "leaky_relu", x, [=](V v) { return select(v > V::zero(), v, v * splat(slope)); },
      [=](V v, V) { return select(v > V::zero(), splat(1), splat(slope)); });
}
Var sigmoid(Var x) { return unary("sigmoid", x, kernels::Sigmoid{}); }
Var tanh(Var x) {
  return unary(
      "tanh", x, [](V v) { return simd::tanh(v); }, [](V, V y) { return splat(1) - y * y; });
}

// y = x·Φ(x);  dy/dx = Φ(x) + x·φ(x), where φ(x) = e^(-x²/2)/√2π is the density of a normal
// distribution and Φ(x) = (1 + erf(x/√2))/2 its share below x. D. Hendrycks, K. Gimpel, "Gaussian
// error linear units" (2016); the exact form, which is PyTorch's default.
Var gelu(Var x) {
  constexpr auto share_below = [](V v) {
    return splat(0.5f) * (splat(1) + simd::erf(v * splat(0.707106781186547524f)));
  };
  return unary(
      "gelu", x, [=](V v) { return v * share_below(v); },
      [=](V v, V) {
        const V density = splat(0.398942280401432678f) * simd::exp(splat(-0.5f) * (v * v));
        return share_below(v) + v * density;
      });
}

// y = xⁿ by repeated squaring, for a negative n the reciprocal of x⁻ⁿ;  dy/dx = n·xⁿ⁻¹
Var pow(Var x, int exponent) {
  constexpr auto power = [](V v, int n) {
    V result = splat(1);
    for (unsigned left = n < 0 ? 0u - static_cast<unsigned>(n) : static_cast<unsigned>(n);
         left != 0; left >>= 1) {
      if (left & 1) result = result * v;
      v = v * v;
    }
    return n < 0 ? splat(1) / result : result;
  };
  return unary(
      "pow", x, [=](V v) { return power(v, exponent); },
      [=](V v, V) {
        if (exponent == 0) return V::zero();
        return splat(static_cast<float>(exponent)) * power(v, exponent - 1);
      });
}

// --- Of three

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
  const auto dims_a = broadcast_dims(sc, sa, *shape), dims_b = broadcast_dims(sc, sb, *shape);
  const float* chosen = condition.data();
  return tape->record(
      "where", *shape, {condition, a, b},
      [=](float* y) {
        kernels::select_forward(y, chosen, a.data(), true, dims_a);
        kernels::select_forward(y, chosen, b.data(), false, dims_b);
      },
      [=](const float*, const float* dy) {
        float* da = a.grad_target();
        float* db = b.grad_target();
        if (da) kernels::select_backward(da, chosen, dy, true, dims_a);
        if (db) kernels::select_backward(db, chosen, dy, false, dims_b);
      });
}

}  // namespace downhill
