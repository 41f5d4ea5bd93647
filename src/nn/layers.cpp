#include "nn/layers.hpp"

#include <utility>

#include "autograd/dual.hpp"
#include "nn/activations.hpp"

namespace downhill {

uint32_t WeightLayout::place(uint32_t torch_index) const {
  const uint32_t unit = torch_index / fan_in(), seen = torch_index % fan_in();
  if (!channels_last) return seen * units + unit;
  const uint32_t pixels = rows * columns;
  return (seen % pixels * planes + seen / pixels) * units + unit;
}

void WeightedLayer::declare(ParameterSlabs& slabs, const Shape& weight, bool bias, bool decays) {
  weight_ = &slabs.add(name() + ".weight", weight);
  weight_->decays = decays;
  if (!bias) return;
  bias_ = &slabs.add(name() + ".bias", {layout_.units});
  bias_->decays = false;
}

void WeightedLayer::initialize(InitKind kind, const Rng& seed) {
  const Rng init = seed.split("init");
  const uint32_t in = layout_.fan_in();
  const uint32_t out = fan_out();
  downhill::initialize(kind, weight_->value.span(), in, out, false, init.split(weight_->name));
  if (bias_ == nullptr) return;
  downhill::initialize(kind, bias_->value.span(), in, out, true, init.split(bias_->name));
}

void WeightedLayer::set_frozen(bool frozen) {
  weight_->requires_grad = !frozen;
  if (bias_ != nullptr) bias_->requires_grad = !frozen;
}

namespace {

Var on_tape(Parameter& parameter, Var x, const Pass&) { return x.tape()->parameter(parameter); }

Dual on_tape(Parameter& parameter, Dual x, const Pass& pass) {
  const Var value = x.tape()->parameter(parameter);
  if (!parameter.requires_grad) return Dual(value);
  return {value, x.tape()->constant(pass.direction->of(parameter))};
}

}  // namespace

Var WeightedLayer::weight_beside(Var x, const Pass& pass) const {
  return on_tape(*weight_, x, pass);
}
Dual WeightedLayer::weight_beside(Dual x, const Pass& pass) const {
  return on_tape(*weight_, x, pass);
}
Var WeightedLayer::bias_beside(Var x, const Pass& pass) const { return on_tape(*bias_, x, pass); }
Dual WeightedLayer::bias_beside(Dual x, const Pass& pass) const { return on_tape(*bias_, x, pass); }

namespace {

// A layer whose forward() is written once, as apply(), for Vars and for Duals.
template <class Self, class Base = Layer>
class Applied : public Base {
 public:
  using Base::Base;

 protected:
  Var forward(Var x, const Pass& pass) const final { return self().apply(x, pass); }
  Dual forward(Dual x, const Pass& pass) const final { return self().apply(x, pass); }

 private:
  const Self& self() const { return static_cast<const Self&>(*this); }
};

// y = x·W + b.  W: [in, out], b: [out].
class Linear final : public Applied<Linear, WeightedLayer> {
 public:
  Linear(const LayerSpec& spec, const LayerPlace& place, ParameterSlabs& slabs)
      : Applied(place.summary, layout_of(place)) {
    declare(slabs, {layout().fan_in(), layout().units}, spec.bias, true);
  }
  template <class X>
  X apply(X x, const Pass& pass) const {
    const X w = weight_beside(x, pass);
    const LinearOptions options{.relu = fused(pass)};
    return bias() == nullptr ? linear(x, w, options) : linear(x, w, bias_beside(x, pass), options);
  }

 private:
  static WeightLayout layout_of(const LayerPlace& place) {
    const Shape& from = place.unflattened;
    const uint32_t units = place.summary.output[0];
    if (from.rank() != 3) return {units, 1, 1, from[0]};
    return {units, from[2], from[0], from[1]};
  }
};

// y = conv(x, W) + b.  W: [k, k, c, out], b: [out].
class Conv2d final : public Applied<Conv2d, WeightedLayer> {
 public:
  Conv2d(const LayerSpec& spec, const LayerPlace& place, ParameterSlabs& slabs)
      : Applied(place.summary, {.units = place.summary.output[2],
                                .planes = place.input[2],
                                .rows = spec.kernel,
                                .columns = spec.kernel,
                                .channels_last = true}),
        options_{spec.stride, spec.padding} {
    declare(slabs, {spec.kernel, spec.kernel, layout().planes, layout().units}, spec.bias, true);
  }
  template <class X>
  X apply(X x, const Pass& pass) const {
    const X w = weight_beside(x, pass);
    Conv2dOptions options = options_;
    options.relu = fused(pass);
    return bias() == nullptr ? conv2d(x, w, options) : conv2d(x, w, bias_beside(x, pass), options);
  }

 private:
  uint32_t fan_out() const override { return layout().units * layout().rows * layout().columns; }

  Conv2dOptions options_;
};

// y = γ·(x - mean)/√(variance + ε) + β, over the batch: γ, β: [c].
class Norm : public WeightedLayer {
 public:
  Norm(const LayerPlace& place, ParameterSlabs& slabs)
      : WeightedLayer(place.summary, {.units = place.input[place.input.rank() - 1]}) {
    declare(slabs, {layout().units}, true, false);
  }
  // γ = 1 and β = 0 for every choice of initial weights, as in torch: a norm has no fan-in.
  void initialize(InitKind, const Rng&) override {
    std::ranges::fill(weight().value.span(), 1.0f);
    std::ranges::fill(bias()->value.span(), 0.0f);
  }
};

class BatchNorm2d final : public Applied<BatchNorm2d, Norm> {
 public:
  BatchNorm2d(const LayerPlace& place, ParameterSlabs& slabs)
      : Applied(place, slabs),
        mean_(&slabs.add_buffer(name() + ".running_mean", {layout().units}, 0.0f)),
        variance_(&slabs.add_buffer(name() + ".running_var", {layout().units}, 1.0f)) {}
  template <class X>
  X apply(X x, const Pass& pass) const {
    return batch_norm(x, weight_beside(x, pass), bias_beside(x, pass),
                      {.running_mean = mean_->data,
                       .running_var = variance_->data,
                       .training = pass.training,
                       .update_statistics = pass.training && pass.update_statistics,
                       .relu = fused(pass)});
  }

 private:
  const Tensor* mean_;
  const Tensor* variance_;
};

// The same over the channels of each pixel, or the features of each image, alone.
class LayerNorm final : public Applied<LayerNorm, Norm> {
 public:
  using Applied::Applied;
  template <class X>
  X apply(X x, const Pass& pass) const {
    return layer_norm(x, weight_beside(x, pass), bias_beside(x, pass));
  }
};

class Pool2d final : public Applied<Pool2d> {
 public:
  Pool2d(const LayerSpec& spec, const LayerPlace& place)
      : Applied(place.summary),
        max_(spec.kind == LayerKind::max_pool),
        options_{spec.kernel, spec.stride, spec.padding} {}
  template <class X>
  X apply(X x, const Pass&) const {
    return max_ ? max_pool2d(x, options_) : avg_pool2d(x, options_);
  }

 private:
  bool max_;
  Pool2dOptions options_;
};

class Activation final : public Applied<Activation> {
 public:
  Activation(const LayerSpec& spec, const LayerPlace& place)
      : Applied(place.summary), kind_(spec.activation) {}
  template <class X>
  X apply(X x, const Pass& pass) const {
    return fused(pass) ? x : activate(kind_, x);  // fused: the layer before has applied it
  }

 private:
  ActivationKind kind_;
};

class Dropout final : public Applied<Dropout> {
 public:
  Dropout(const LayerSpec& spec, const LayerPlace& place) : Applied(place.summary), p_(spec.p) {}
  template <class X>
  X apply(X x, const Pass& pass) const {
    return pass.training ? dropout(x, p_, pass.dropout.split(summary().path)) : x;
  }

 private:
  float p_;
};

class Flatten final : public Applied<Flatten> {
 public:
  using Applied::Applied;
  template <class X>
  X apply(X x, const Pass&) const {
    return flatten(x);
  }
};

// y = x + body(x)
class Residual final : public Applied<Residual> {
 public:
  Residual(const LayerPlace& place, std::vector<std::unique_ptr<Layer>> body)
      : Applied(place.summary), body_(std::move(body)) {}
  template <class X>
  X apply(X x, const Pass& pass) const {
    X y = x;
    for (const auto& layer : body_) y = (*layer)(y, pass);
    return x + y;
  }
  void initialize(InitKind kind, const Rng& seed) override {
    for (const auto& layer : body_) layer->initialize(kind, seed);
  }

 private:
  std::vector<std::unique_ptr<Layer>> body_;
};

}  // namespace

bool fusible_pair(const LayerSpec& layer, const LayerSpec& next) {
  const bool is_relu =
      next.kind == LayerKind::activation && next.activation == ActivationKind::relu;
  return is_relu && (layer.kind == LayerKind::linear || layer.kind == LayerKind::conv ||
                     layer.kind == LayerKind::batch_norm);
}

std::unique_ptr<Layer> make_layer(const LayerSpec& spec, const LayerPlace& place,
                                  ParameterSlabs& slabs,
                                  std::vector<std::unique_ptr<Layer>> inside) {
  switch (spec.kind) {
    case LayerKind::linear:
      return std::make_unique<Linear>(spec, place, slabs);
    case LayerKind::conv:
      return std::make_unique<Conv2d>(spec, place, slabs);
    case LayerKind::max_pool:
    case LayerKind::avg_pool:
      return std::make_unique<Pool2d>(spec, place);
    case LayerKind::batch_norm:
      return std::make_unique<BatchNorm2d>(place, slabs);
    case LayerKind::layer_norm:
      return std::make_unique<LayerNorm>(place, slabs);
    case LayerKind::activation:
      return std::make_unique<Activation>(spec, place);
    case LayerKind::dropout:
      return std::make_unique<Dropout>(spec, place);
    case LayerKind::flatten:
      return std::make_unique<Flatten>(place.summary);
    case LayerKind::residual:
      return std::make_unique<Residual>(place, std::move(inside));
  }
  return nullptr;
}

}  // namespace downhill
