#include <algorithm>
#include <cmath>

#include "autograd/ops.hpp"
#include "autograd/rows.hpp"
#include "kernels/norm/normalize.hpp"
#include "kernels/optimizers/update.hpp"

namespace downhill {
namespace {

constexpr const char* kOp = "batch_norm";

// Why it cannot be done, or nothing.
std::string objection(const Shape& x, const Shape& gamma, const Shape& beta,
                      const BatchNorm& options) {
  if (x.rank() != 2 && x.rank() != 4) {
    return "x is " + print(x) + ": it must be [n, c] or [n, h, w, c]";
  }
  const Shape channels{x[x.rank() - 1]};
  if (gamma != channels || beta != channels) {
    return "x is " + print(x) + ", gamma " + print(gamma) + ", beta " + print(beta) +
           ": gamma and beta must be " + print(channels);
  }
  if (options.training && rows_of(x).count < 2) {
    return "x is " + print(x) +
           ": in training every channel needs more than one value, or its variance is 0";
  }
  if (!options.training && (options.running_mean == nullptr || options.running_var == nullptr)) {
    return "outside training the running statistics are needed, and there are none";
  }
  return {};
}

// Mean and variance: the batch's, which then move the running ones, or the running ones themselves.
void take_statistics(float* mean, float* variance, const float* x, kernels::Rows rows,
                     const BatchNorm& options) {
  const size_t channels = rows.width;
  if (!options.training) {
    std::copy_n(options.running_mean, channels, mean);
    std::copy_n(options.running_var, channels, variance);
    return;
  }
  kernels::column_statistics(mean, variance, x, rows);
  if (!options.update_statistics) return;
  const float n = static_cast<float>(rows.count), momentum = options.momentum;
  if (float* running = options.running_mean) {
    kernels::update_running(running, mean, momentum, 1.0f, channels);
  }
  if (float* running = options.running_var) {
    kernels::update_running(running, variance, momentum, n / (n - 1), channels);
  }
}

}  // namespace

// x̂ = (x - mean)/sqrt(var + eps), z = x̂·gamma + beta, per channel over the m = n·h·w rows;
// dgamma += Σ dz·x̂, dbeta += Σ dz, dx += gamma/sqrt(var + eps)·(dz - (Σ dz + x̂·Σ dz·x̂)/m), where
// outside training only dz is left in the bracket.   x, y, z: [n, c] or [n, h, w, c]
// gamma, beta: [c].   y = z, dz = dy; with the ReLU y = relu(z), dz = 0 where y <= 0, else dy.
Var batch_norm(Var x, Var gamma, Var beta, const BatchNorm& options) {
  Tape* tape = Tape::of(kOp, {x, gamma, beta});
  if (tape == nullptr) return {};
  const std::string why = objection(x.shape(), gamma.shape(), beta.shape(), options);
  if (!why.empty()) return tape->fail(kOp, why);
  const kernels::Rows rows = rows_of(x.shape());
  const size_t channels = rows.width;
  const auto scratch = [=](size_t count) { return tape->scratch(count).data(); };
  float *const mean = scratch(channels), *const scale = scratch(channels);  // 1/sqrt(var + eps)
  float *const dot = scratch(channels), *const sum = scratch(channels);     // Σ dz·x̂, Σ dz
  const bool training = options.training, relu = options.relu;
  const bool writes_dz = relu && !training && tape->will_run_backward({x, gamma, beta});
  float* const dz_memory = writes_dz ? scratch(rows.size()) : nullptr;
  const float *const px = x.data(), *const g = gamma.data(), *const b = beta.data();
  return tape->record(
      relu ? "batch_norm+relu" : kOp, x.shape(), {x, gamma, beta},
      [&](float* y) {
        take_statistics(mean, scale, px, rows, options);
        kernels::inverse_deviation(scale, scale, options.eps, channels);
        // Without eps a constant channel becomes beta, as in PyTorch, instead of 0·∞ = NaN.
        if (training && options.eps == 0) {
          std::replace_if(
              scale, scale + channels, [](float s) { return std::isinf(s); }, 0.0f);
        }
        kernels::batch_norm_forward(y, px, mean, scale, g, b, rows, relu);
      },
      [=](const float* y, const float* dy) {
        // In training the kernels mask dy themselves, as they read it.
        const kernels::UpstreamGrad upstream{dy, writes_dz ? y : nullptr, dz_memory};
        const float* dz = upstream.masked(rows.size());
        const bool mask = relu && training;
        kernels::batch_norm_sums(dot, sum, px, mean, scale, g, b, dz, rows, mask);
        if (float* dgamma = gamma.grad_target()) kernels::add_to(dgamma, dot, channels);
        if (float* dbeta = beta.grad_target()) kernels::add_to(dbeta, sum, channels);
        if (!training) {
          if (float* dx = x.grad_target()) kernels::scale_columns_backward(dx, scale, g, dz, rows);
        } else if (const kernels::GradTarget dx = x.overwritable_grad_target()) {
          kernels::batch_norm_backward(dx, px, mean, scale, g, b, dot, sum, dz, rows, mask);
        }
      });
}

}  // namespace downhill
