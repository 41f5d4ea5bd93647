#include "nn/optimizers.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <limits>

#include "kernels/optimizers/update.hpp"
#include "kernels/reductions/reduce.hpp"

namespace downhill {
namespace {

// How many averages it keeps of each weight.
size_t running_means(OptimizerKind kind) {
  const OptimizerRow& row = kOptimizers[kind];
  return (row.momentum.empty() ? 0u : 1u) + (row.squares.empty() ? 0u : 1u);
}

bool is_stepped(const Parameter& parameter) {
  return parameter.requires_grad && parameter.has_grad;
}

// 1 - beta^n in double, by repeated squaring: products alone, so the same bits everywhere.
double one_minus_power(float beta, uint64_t n) {
  double power = 1, square = static_cast<double>(beta);
  for (; n != 0; n >>= 1) {
    if (n & 1) power *= square;
    square *= square;
  }
  return 1 - power;
}

// The factor that clips the gradients. std::min gives 1 for a NaN.
float clip_scale(std::span<const float> grads, float clip) {
  if (clip <= 0) return 1.0f;
  const double norm = kernels::norm_in_double(grads.data(), grads.size());
  if (norm > static_cast<double>(std::numeric_limits<float>::max())) {
    return static_cast<float>(static_cast<double>(clip) / norm);
  }
  return std::min(1.0f, clip / (static_cast<float>(norm) + 1e-6f));
}

}  // namespace

bool Optimizer::is_adam() const { return kOptimizers[settings_.kind].is_adam(); }

void Optimizer::begin(const OptimizerSettings& settings, const ParameterSlabs& slabs) {
  settings_ = settings;
  values_ = slabs.values().size();
  steps_ = 0;
  const size_t counts = (slabs.all().size() + Arena::kPad - 1) / Arena::kPad * Arena::kPad;
  state_.assign(running_means(settings.kind) * values_ + (is_adam() ? counts : 0), 0.0f);
}

void Optimizer::step(ParameterSlabs& slabs, const StepSettings& settings) {
  step_to(slabs.values().data(), slabs, settings);
}

StepReport Optimizer::step_to_new_slab(ParameterSlabs& slabs, const StepSettings& settings) {
  const Stepped stepped = step_to(slabs.values_before().data(), slabs, settings);
  slabs.exchange_values();
  return {.update_norm = kernels::norm_of_difference(stepped.squares, slabs.values().data(),
                                                     slabs.values_before().data(), values_),
          .clipped = stepped.clipped};
}

// Neighbouring parameters that are alike are stepped as one run. The new values are written to
// `values`, which may be the old ones.
Optimizer::Stepped Optimizer::step_to(float* values, ParameterSlabs& slabs,
                                      const StepSettings& settings) {
  assert(slabs.values().size() == values_);
  const float clipped = clip_scale(slabs.grads(), settings.clip);
  const float scale = settings.uphill ? -clipped : clipped;
  float moved[16] = {};
  const size_t count = slabs.all().size();
  for (size_t first = 0, end; first < count; first = end) {
    end = first + 1;
    while (end < count && alike(slabs, first, end)) ++end;
    step_run(values, slabs, first, end, settings, scale, moved);
  }
  ++steps_;
  return {.squares = kernels::sum(moved, 16), .clipped = clipped < 1.0f};
}

bool Optimizer::alike(const ParameterSlabs& slabs, size_t a, size_t b) {
  const Parameter &p = slabs.all()[a], &q = slabs.all()[b];
  return is_stepped(p) == is_stepped(q) && p.decays == q.decays &&
         (!is_adam() || step_counts()[a] == step_counts()[b]);
}

void Optimizer::step_run(float* values, ParameterSlabs& slabs, size_t first, size_t end,
                         const StepSettings& settings, float scale, float* moved) {
  const auto offset = [&](size_t i) -> size_t {
    return i == slabs.all().size() ? values_ : slabs.all()[i].value.data - slabs.values().data();
  };
  const size_t at = offset(first), count = offset(end) - at;
  const kernels::Weights w{values + at, slabs.values().data() + at};
  if (!is_stepped(slabs.all()[first])) {
    if (w.after != w.before) std::copy_n(w.before, count, w.after);
    return;
  }
  const float decay = slabs.all()[first].decays ? settings.weight_decay : 0.0f;
  const bool decoupled = kOptimizers[settings_.kind].decoupled;
  kernels::Descent d{.lr = settings.lr,
                     .scale = scale,
                     .l2 = decoupled ? 0.0f : decay,
                     .beta1 = settings.momentum,
                     .beta2 = settings_.beta2,
                     .eps = settings_.eps};
  const float* const dw = slabs.grads().data() + at;
  float* const memory = state_.empty() ? nullptr : state_.data() + at;
  // A momentum of 0 is plain SGD, and what was remembered waits, as in PyTorch: when it begins, the
  // first gradient counts alone.
  const bool plain = d.beta1 == 0;
  switch (settings_.kind) {
    case OptimizerKind::sgd:
      return kernels::descend_sgd(w, dw, d, count, moved);
    case OptimizerKind::momentum:
      return plain ? kernels::descend_sgd(w, dw, d, count, moved)
                   : kernels::descend_momentum(w, memory, dw, d, count, moved);
    case OptimizerKind::nesterov:
      return plain ? kernels::descend_sgd(w, dw, d, count, moved)
                   : kernels::descend_nesterov(w, memory, dw, d, count, moved);
    case OptimizerKind::rmsprop:
      return kernels::descend_rmsprop(w, memory, dw, d, count, moved);
    case OptimizerKind::adam:
    case OptimizerKind::adamw:
      break;
  }
  // The running means began at 0, so after t steps of a parameter they are too small by the factor
  // 1 - beta^t. The present momentum stands for that of all steps, as in PyTorch and fastai.
  for (size_t i = first; i < end; ++i) step_counts()[i] += 1.0f;  // stands still at 2^24
  constexpr float kMost = 0x1p24f;  // more only from a file
  const float steps = step_counts()[first];
  const auto t = static_cast<uint64_t>(steps >= 0 && steps < kMost ? steps : kMost);
  const double lr = static_cast<double>(settings.lr);
  d.lr = static_cast<float>(lr / one_minus_power(settings.momentum, t));
  d.unbias2 = static_cast<float>(1 / std::sqrt(one_minus_power(settings_.beta2, t)));
  if (decoupled) d.keep = static_cast<float>(1 - lr * static_cast<double>(decay));
  kernels::descend_adam(w, memory, memory + values_, dw, d, count, moved);
}

void Optimizer::restore(std::span<const float> state, uint64_t steps) {
  assert(state.size() == state_.size());
  std::ranges::copy(state, state_.begin());
  steps_ = steps;
}

}  // namespace downhill
