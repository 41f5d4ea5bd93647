#include "nn/kinks.hpp"

#include <algorithm>

#include "nn/activations.hpp"

namespace downhill {

void Kinks::keep() {
  keeping_ = true;
  next_ = 0;
}

void Kinks::use() {
  keeping_ = false;
  next_ = 0;
}

Var Kinks::activate(ActivationKind kind, Var x) {
  return scaled(x, [=](Var v) { return downhill::activate(kind, v); });
}

Var Kinks::max_pool2d(Var x, Pool2dOptions options) {
  const bool disjoint = options.stride == 0 || options.stride >= options.kernel;
  if (!disjoint || options.padding > 0) return downhill::max_pool2d(x, options);
  const Var winners = scaled(x, [=](Var v) { return downhill::max_pool2d(v, options); });
  // All other numbers of a window are 0, so the winner is their average times their number.
  return avg_pool2d(winners, options) * static_cast<float>(options.kernel * options.kernel);
}

template <class F>
Var Kinks::scaled(Var x, F f) {
  if (next_ == factors_.size()) factors_.emplace_back();
  std::vector<float>& factors = factors_[next_++];
  if (keeping_) {
    tape_.clear();
    const Var here = tape_.variable(x.shape(), x.value().span());
    sum(f(here)).backward();
    factors.assign(here.grad().span().begin(), here.grad().span().end());
  }
  return x * x.tape()->constant(Tensor{factors.data(), x.shape()});
}

}  // namespace downhill
