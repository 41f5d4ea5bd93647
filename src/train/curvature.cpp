#include "train/curvature.hpp"

#include <algorithm>
#include <cmath>

#include "base/rng.hpp"
#include "kernels/reductions/reduce.hpp"
#include "train/borrowed.hpp"
#include "train/trainer.hpp"

namespace downhill {

namespace {

constexpr float kStep = 0x1p-8f;

float norm(std::span<const float> v) { return kernels::norm(v.data(), v.size()); }

}  // namespace

// --- H·v

HessianProduct::HessianProduct(Trainer& trainer)
    : trainer_(trainer),
      weights_(trainer.model().slabs().values().size()),
      other_(weights_.size()),
      pass_(trainer.probe().pass()) {
  pass_.kinks = &kinks_;
  kinks_.keep();
  trainer.probe().gradient(other_, pass_);
}

void HessianProduct::apply(std::span<const float> v, std::span<float> product) {
  const float length = norm(v);
  if (length == 0) {
    std::ranges::fill(product, 0.0f);
    return;
  }
  const float h = kStep / length;
  gradient_at(v, h, product);
  gradient_at(v, -h, other_);
  const float width = h + h;
  for (size_t i = 0; i < product.size(); ++i) product[i] = (product[i] - other_[i]) / width;
}

void HessianProduct::gradient_at(std::span<const float> v, float step, std::span<float> grads) {
  ParameterSlabs& slabs = trainer_.model().slabs();
  const BorrowedWeights borrowed(slabs, weights_);
  const std::span<float> w = slabs.values();
  for (size_t i = 0; i < w.size(); ++i) w[i] = w[i] + step * v[i];
  kinks_.use();
  trainer_.probe().gradient(grads, pass_);
}

// --- The largest eigenvalue

PowerIteration::PowerIteration(Trainer& trainer)
    : hessian_(trainer), v_(trainer.model().slabs().values().size()), product_(v_.size()) {
  result_.step = static_cast<uint32_t>(trainer.steps_done());
  Rng rng = Rng(trainer.spec().seed).split("sharpness");
  const ParameterSlabs& slabs = trainer.model().slabs();
  for (const Parameter& parameter : slabs.all()) {
    if (!parameter.requires_grad) continue;
    float* const first = v_.data() + (parameter.value.data - slabs.values().data());
    for (size_t i = 0; i < parameter.value.size(); ++i) first[i] = rng.normal();
  }
  const float length = norm(v_);
  for (float& x : v_) x /= std::max(length, 1e-30f);  // all 0 stay so
}

bool PowerIteration::advance() {
  if (done_) return false;
  hessian_.apply(v_, product_);
  const float eigenvalue = kernels::dot(v_.data(), product_.data(), v_.size());
  const float length = norm(product_);
  float rest = 0;
  for (size_t i = 0; i < v_.size(); ++i) {
    const float difference = product_[i] - eigenvalue * v_[i];
    rest += difference * difference;
    v_[i] = length == 0 ? 0.0f : product_[i] / length;
  }
  result_.estimates.push_back(eigenvalue);
  result_.residual = length == 0 ? 0.0f : std::sqrt(rest) / std::abs(eigenvalue);
  result_.converged = result_.residual <= kTolerance;
  done_ = result_.converged || !std::isfinite(length) || !std::isfinite(result_.residual) ||
          result_.estimates.size() == kMaxIterations;
  return !done_;
}

}  // namespace downhill
