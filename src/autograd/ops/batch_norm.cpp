#include <algorithm>

#include "autograd/ops.hpp"
#include "autograd/record.hpp"
#include "autograd/rows.hpp"
#include "kernels/norm/normalize.hpp"
#include "kernels/optimizers/update.hpp"

namespace downhill {
namespace {

constexpr const char* kOp = "batch_norm";

// What does not fit, or nothing.
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

// The batch's own, which then move the running ones, or else the running ones as they are.
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

// x̂ = (x - mean)/sqrt(var + eps), y = x̂·gamma + beta, per channel over the m = n·h·w rows;
// dgamma += Σ dy·x̂, dbeta += Σ dy, dx += gamma/sqrt(var + eps)·(dy - (Σ dy + x̂·Σ dy·x̂)/m), of
// which outside training only dy is left.
Var batch_norm(Var x, Var gamma, Var beta, const BatchNorm& options) {
  Tape* tape = Tape::of(kOp, {x, gamma, beta});
  if (tape == nullptr) return {};
  const std::string why = objection(x.shape(), gamma.shape(), beta.shape(), options);
  if (!why.empty()) return tape->fail(kOp, why);
  const kernels::Rows rows = rows_of(x.shape());
  const size_t channels = rows.width;
  const auto room = [=](size_t count) { return tape->scratch(count).data(); };
  float *const mean = room(channels), *const scale = room(channels);  // 1/sqrt(var + eps)
  float* const sums = room(2 * channels);
  // y may be written when somebody has moved the parameters in their place, as probes do.
  float *const g = room(channels), *const b = room(channels);
  const bool training = options.training;
  return tape->record_late(
      kOp, x.shape(), {x, gamma, beta},
      [=] {
        take_statistics(mean, scale, x.data(), rows, options);
        kernels::inverse_deviation(scale, scale, options.eps, channels);
        std::copy_n(gamma.data(), channels, g);
        std::copy_n(beta.data(), channels, b);
      },
      [=](float* y, bool rectified) {
        kernels::batch_norm_forward(y, x.data(), mean, scale, g, b, rows, rectified);
      },
      [=](const float*, kernels::UpstreamGrad upstream) {
        float* along = sums;             // Σ dy·x̂
        float* total = sums + channels;  // Σ dy
        const bool rectified = training && upstream.handed != nullptr;
        const float* dy = rectified ? upstream.handed : upstream.write(rows.size());
        kernels::batch_norm_sums(along, total, x.data(), mean, scale, g, b, dy, rows, rectified);
        if (float* dgamma = gamma.grad_target()) kernels::add_to(dgamma, along, channels);
        if (float* dbeta = beta.grad_target()) kernels::add_to(dbeta, total, channels);
        if (!training) {
          if (float* dx = x.grad_target()) kernels::scale_columns_backward(dx, scale, g, dy, rows);
        } else if (const kernels::GradTarget dx = x.overwritable_grad_target()) {
          kernels::batch_norm_backward(dx, x.data(), mean, scale, g, b, along, total, dy, rows,
                                       rectified);
        }
      });
}

}  // namespace downhill
