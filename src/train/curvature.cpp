#include "train/curvature.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/rng.hpp"
#include "kernels/reductions/reduce.hpp"
#include "train/borrowed.hpp"
#include "train/trainer.hpp"

namespace downhill {

namespace {

float norm(std::span<const float> v) { return kernels::norm(v.data(), v.size()); }

}  // namespace

// --- H·v

HessianProduct::HessianProduct(Trainer& trainer)
    : trainer_(trainer), v_(trainer.model().slabs().values().size()) {}

void HessianProduct::apply(std::span<const float> v, std::span<float> product) {
  std::ranges::copy(v, v_.begin());
  ParameterSlabs& slabs = trainer_.model().slabs();
  const Direction direction{v_, slabs.values().data()};
  Pass pass = trainer_.probe().pass();
  pass.direction = &direction;
  const BorrowedGradients borrowed(slabs, product);
  tape_.clear();
  const Task& task = trainer_.task();
  const Batch& batch = trainer_.batch();
  const Var slope = task.loss_tangent(task.images(tape_, batch), pass, batch);
  // Otherwise the loss is linear in all weights, or none of them learns.
  if (slope.requires_grad()) slope.backward();
  // A square's second derivative is finite where the square is not.
  if (slope.valid() && !std::isfinite(slope.item())) {
    std::ranges::fill(slabs.grads(), std::numeric_limits<float>::quiet_NaN());
  }
}

// --- The largest eigenvalue

PowerIteration::PowerIteration(Trainer& trainer)
    : hessian_(trainer), v_(trainer.model().slabs().values().size()), product_(v_.size()) {
  result_.step = static_cast<uint32_t>(trainer.steps_done());
  result_.batch = trainer.batch_number() + 1;
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
  result_.eigenvalue = eigenvalue;
  result_.residual = length == 0 ? 0.0f : std::sqrt(rest) / std::abs(eigenvalue);
  result_.converged = result_.residual <= kTolerance;
  done_ = result_.converged || !std::isfinite(length) || !std::isfinite(result_.residual) ||
          result_.estimates.size() == kMaxIterations;
  return !done_;
}

}  // namespace downhill
