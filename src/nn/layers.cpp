#include "nn/layers.hpp"

#include <cassert>
#include <utility>

#include "autograd/ops.hpp"

namespace downhill {

Linear::Linear(ParameterSlabs& slabs, std::string name, uint32_t in, uint32_t out)
    : name_(std::move(name)),
      in_(in),
      out_(out),
      weight_(&slabs.add(name_ + ".weight", {in, out})),
      bias_(&slabs.add(name_ + ".bias", {out})) {
  bias_->decays = false;
}

Var Linear::forward(Var x) const {
  Tape& tape = *x.tape();
  return linear(x, tape.parameter(*weight_), tape.parameter(*bias_));
}

void Linear::initialize(InitKind kind, const Rng& seed) {
  const Rng init = seed.split("init");
  downhill::initialize(kind, weight_->value.span(), in_, out_, false, init.split(weight_->name));
  downhill::initialize(kind, bias_->value.span(), in_, out_, true, init.split(bias_->name));
}

Var Relu::forward(Var x) const { return relu(x); }

Mlp::Mlp(const std::vector<uint32_t>& widths) {
  assert(widths.size() >= 2);
  for (size_t i = 1; i < widths.size(); ++i) {
    if (i > 1) layers_.push_back(std::make_unique<Relu>());
    auto layer =
        std::make_unique<Linear>(slabs_, "layer" + std::to_string(i), widths[i - 1], widths[i]);
    linears_.push_back(layer.get());
    layers_.push_back(std::move(layer));
  }
  slabs_.allocate();
}

void Mlp::initialize(InitKind kind, uint64_t seed) {
  for (const auto& layer : layers_) layer->initialize(kind, Rng(seed));
  slabs_.zero_grad();
}

Var Mlp::forward(Var x) const {
  for (const auto& layer : layers_) x = layer->forward(x);
  return x;
}

}  // namespace downhill
