// Batch and layer norm as Duals.
#include "autograd/dual.hpp"
#include "autograd/rows.hpp"
#include "kernels/norm/normalize.hpp"

namespace downhill {
namespace {

// Everything that the tangent of x̂ = (x - mean)·s of each column, s = 1/sqrt(variance + eps), and
// its gradient are computed from. All pointers: [width].
struct Columns {
  kernels::Rows rows;
  const float *x, *mean, *scale, *ones, *zeros;

  // to += s·P(v), where P(v) = v - mean(v) - x̂·mean(v·x̂): the derivative of x̂ along v. It is
  // symmetric: the gradient of x̂, too. Leaves Σ v·x̂ in `dot`; `sum` is scratch memory.
  void project(kernels::GradTarget to, float* dot, float* sum, const float* v) const {
    kernels::batch_norm_sums(dot, sum, x, mean, scale, ones, zeros, v, rows);
    kernels::batch_norm_backward(to, x, mean, scale, ones, zeros, dot, sum, v, rows);
  }
  // total = Σ a·b down the columns; `sum` is scratch memory.
  void product(float* total, float* sum, const float* a, const float* b) const {
    kernels::batch_norm_sums(total, sum, a, zeros, ones, ones, zeros, b, rows);
  }
};

const float* filled(Tape& tape, size_t count, float value) {
  const std::span<float> numbers = tape.scratch(count);
  std::ranges::fill(numbers, value);
  return numbers.data();
}

Columns columns_of(Tape& tape, Var x, float eps) {
  const kernels::Rows rows = rows_of(x.shape());
  float* const mean = tape.scratch(rows.width).data();
  float* const scale = tape.scratch(rows.width).data();
  kernels::column_statistics(mean, scale, x.data(), rows);
  kernels::inverse_deviation(scale, scale, eps, rows.width);
  return {rows, x.data(), mean, scale, filled(tape, rows.width, 1), filled(tape, rows.width, 0)};
}

// t = s·P(v), the derivative of x̂ along v. For dt, with g = s·P(dt):
//   dv += g
//   dx -= s·(x̂·mean(dt·t) + g·mean(v·x̂) + t·mean(dt·x̂))
// In dt·t = s·(Σ dt·v - n·mean(dt)·mean(v) - n·mean(dt·x̂)·mean(v·x̂)) the three terms are the
// gradients of s, of mean(dt·x̂) and of mean(v·x̂).   x, v: [rows, width] or [n, h, w, width]
Var normalized_tangent(Var x, Var v, float eps) {
  Tape* tape = Tape::of("batch_norm", {x, v});
  if (tape == nullptr) return x;
  const Columns columns = columns_of(*tape, x, eps);
  const kernels::Rows rows = columns.rows;
  const auto scratch = [=](size_t count) { return tape->scratch(count).data(); };
  float *const dot_v = scratch(rows.width), *const dot_dt = scratch(rows.width);
  float *const along = scratch(rows.width), *const sum = scratch(rows.width);
  float* const g = tape->will_run_backward({x, v}) ? scratch(rows.size()) : nullptr;
  return tape->record(
      "batch_norm tangent", x.shape(), {x, v},
      [=](float* t) {
        columns.project({t, true}, dot_v, sum, v.data());
      },
      [=](const float* t, const float* dt) {
        columns.project({g, true}, dot_dt, sum, dt);
        columns.product(along, sum, t, dt);
        if (float* dv = v.grad_target()) {
          for (size_t i = 0; i < rows.size(); ++i) dv[i] = dv[i] + g[i];
        }
        float* const dx = x.grad_target();
        if (dx == nullptr) return;
        const float n = static_cast<float>(rows.count);
        for (size_t i = 0; i < rows.size(); ++i) {
          const size_t j = i % rows.width;
          const float unit = (columns.x[i] - columns.mean[j]) * columns.scale[j];
          const float total = unit * along[j] + g[i] * dot_v[j] + t[i] * dot_dt[j];
          dx[i] = dx[i] - columns.scale[j] * (total / n);
        }
      });
}

// The tangents of γ and β: x̂·dγ + dβ, by the op itself.
template <class F>
Var plus_affine(Var tangent, Dual gamma, Dual beta, F norm) {
  assert(gamma.moves() == beta.moves());
  if (!gamma.moves()) return tangent;
  const Var affine = norm(gamma.tangent, beta.tangent);
  return tangent.tape() == nullptr ? affine : tangent + affine;
}

}  // namespace

Dual batch_norm(Dual x, Dual gamma, Dual beta, const BatchNorm& options) {
  assert(options.training && !options.relu);
  const auto norm = [&](Var g, Var b) { return batch_norm(x.primal, g, b, options); };
  Var tangent;
  if (x.moves()) tangent = normalized_tangent(x.primal, x.tangent, options.eps) * gamma.primal;
  const Var value = norm(gamma.primal, beta.primal);
  BatchNorm again = options;
  again.update_statistics = false;
  return {value, plus_affine(tangent, gamma, beta,
                             [&](Var g, Var b) { return batch_norm(x.primal, g, b, again); })};
}

// A row's statistics are those of a column of the transpose.
Dual layer_norm(Dual x, Dual gamma, Dual beta, float eps) {
  const auto norm = [&](Var g, Var b) { return layer_norm(x.primal, g, b, eps); };
  Var tangent;
  if (x.moves()) {
    const auto turned = [&](Var v) {
      const kernels::Rows rows = rows_of(v.shape());
      return transpose(
          reshape(v, {static_cast<uint32_t>(rows.count), static_cast<uint32_t>(rows.width)}));
    };
    const Var unit = transpose(normalized_tangent(turned(x.primal), turned(x.tangent), eps));
    tangent = reshape(unit, x.shape()) * gamma.primal;
  }
  return {norm(gamma.primal, beta.primal), plus_affine(tangent, gamma, beta, norm)};
}

}  // namespace downhill
