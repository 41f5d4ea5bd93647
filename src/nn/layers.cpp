#include "nn/layers.hpp"

#include <utility>

#include "autograd/ops.hpp"
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

Var WeightedLayer::weight_on(Tape& tape) const { return tape.parameter(*weight_); }
Var WeightedLayer::bias_on(Tape& tape) const { return tape.parameter(*bias_); }

namespace {

// y = x·W + b.  W: [in, out], b: [out].
class Linear final : public WeightedLayer {
 public:
  Linear(const LayerSpec& spec, const LayerPlace& place, ParameterSlabs& slabs)
      : WeightedLayer(place.summary, layout_of(place)) {
    declare(slabs, {layout().fan_in(), layout().units}, spec.bias, true);
  }
  Var forward(Var x, const Pass& pass) const override {
    Tape& tape = *x.tape();
    const Var w = weight_on(tape);
    const LinearOptions options{.relu = fused(pass)};
    return bias() == nullptr ? linear(x, w, options) : linear(x, w, bias_on(tape), options);
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
class Conv2d final : public WeightedLayer {
 public:
  Conv2d(const LayerSpec& spec, const LayerPlace& place, ParameterSlabs& slabs)
      : WeightedLayer(place.summary, {.units = place.summary.output[2],
                                      .planes = place.input[2],
                                      .rows = spec.kernel,
                                      .columns = spec.kernel,
                                      .channels_last = true}),
        options_{spec.stride, spec.padding} {
    declare(slabs, {spec.kernel, spec.kernel, layout().planes, layout().units}, spec.bias, true);
  }
  Var forward(Var x, const Pass& pass) const override {
    Tape& tape = *x.tape();
    const Var w = weight_on(tape);
    Conv2dOptions options = options_;
    options.relu = fused(pass);
    return bias() == nullptr ? conv2d(x, w, options) : conv2d(x, w, bias_on(tape), options);
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
  // γ = 1 and β = 0 for every choice of first weights, as in torch: a norm has no fan-in.
  void initialize(InitKind, const Rng&) override {
    std::ranges::fill(weight().value.span(), 1.0f);
    std::ranges::fill(bias()->value.span(), 0.0f);
  }
};

class BatchNorm2d final : public Norm {
 public:
  BatchNorm2d(const LayerPlace& place, ParameterSlabs& slabs)
      : Norm(place, slabs),
        mean_(&slabs.add_buffer(name() + ".running_mean", {layout().units}, 0.0f)),
        variance_(&slabs.add_buffer(name() + ".running_var", {layout().units}, 1.0f)) {}
  Var forward(Var x, const Pass& pass) const override {
    Tape& tape = *x.tape();
    return batch_norm(x, weight_on(tape), bias_on(tape),
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
class LayerNorm final : public Norm {
 public:
  using Norm::Norm;
  Var forward(Var x, const Pass&) const override {
    Tape& tape = *x.tape();
    return layer_norm(x, weight_on(tape), bias_on(tape));
  }
};

class Pool2d final : public Layer {
 public:
  Pool2d(const LayerSpec& spec, const LayerPlace& place)
      : Layer(place.summary),
        max_(spec.kind == LayerKind::max_pool),
        options_{spec.kernel, spec.stride, spec.padding} {}
  Var forward(Var x, const Pass& pass) const override {
    if (!max_) return avg_pool2d(x, options_);
    return pass.kinks == nullptr ? max_pool2d(x, options_) : pass.kinks->max_pool2d(x, options_);
  }

 private:
  bool max_;
  Pool2dOptions options_;
};

class Activation final : public Layer {
 public:
  Activation(const LayerSpec& spec, const LayerPlace& place)
      : Layer(place.summary), kind_(spec.activation) {}
  Var forward(Var x, const Pass& pass) const override {
    if (fused(pass)) return x;  // the layer before has applied it
    const bool keeps_pieces = pass.kinks != nullptr && kActivations[kind_].kinked;
    return keeps_pieces ? pass.kinks->activate(kind_, x) : activate(kind_, x);
  }

 private:
  ActivationKind kind_;
};

class Dropout final : public Layer {
 public:
  Dropout(const LayerSpec& spec, const LayerPlace& place) : Layer(place.summary), p_(spec.p) {}
  Var forward(Var x, const Pass& pass) const override {
    return pass.training ? dropout(x, p_, pass.dropout.split(summary().path)) : x;
  }

 private:
  float p_;
};

class Flatten final : public Layer {
 public:
  using Layer::Layer;
  Var forward(Var x, const Pass&) const override { return flatten(x); }
};

// y = x + body(x)
class Residual final : public Layer {
 public:
  Residual(const LayerPlace& place, std::vector<std::unique_ptr<Layer>> body)
      : Layer(place.summary), body_(std::move(body)) {}
  Var forward(Var x, const Pass& pass) const override {
    Var y = x;
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
