// Layers. A layer declares its parameters once and then reads like its mathematics: y = forward(x).
// It knows the tape's operations and nothing of data, losses or optimizers.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "autograd/dual.hpp"
#include "base/rng.hpp"
#include "nn/init.hpp"
#include "nn/network_spec.hpp"
#include "nn/parameter_slabs.hpp"

namespace downhill {

// A direction in which all parameters move together, laid out like ParameterSlabs::values().
struct Direction {
  std::span<float> v;
  const float* values;  // of the slab

  // The part of `v` for this parameter.
  Tensor of(const Parameter& parameter) const {
    return {v.data() + (parameter.value.data - values), parameter.value.shape};
  }
};

// The mode of a forward pass, like torch's train() and eval().
struct Pass {
  bool training = false;                 // batch statistics, dropout
  bool update_statistics = false;        // a training pass also moves the running statistics
  Rng dropout{0};                        // of masks; each layer splits it by its path
  std::vector<Var>* outputs = nullptr;   // receives every layer's output, in the order of the table
  const Direction* direction = nullptr;  // of the parameters' tangents, in passes of Duals

  // Whether a layer may apply the ReLU after it in the same op. Not if the numbers between the two
  // are looked at: `outputs` then has the value and the gradient before the ReLU.
  bool fuses_relu() const { return outputs == nullptr && direction == nullptr; }
};

class Layer {
 public:
  explicit Layer(LayerSummary summary) : summary_(std::move(summary)) {}
  virtual ~Layer() = default;
  Layer(const Layer&) = delete;
  Layer& operator=(const Layer&) = delete;

  // x: [n, …] -> [n, …], on x's tape.
  Var operator()(Var x, const Pass& pass) const {
    const Var y = forward(x, pass);
    if (pass.outputs != nullptr) pass.outputs->push_back(y);
    return y;
  }
  // The same with the derivatives along pass.direction. Frozen parameters do not move.
  // Precondition: pass.training.
  Dual operator()(Dual x, const Pass& pass) const { return forward(x, pass); }
  virtual void initialize(InitKind, const Rng&) {}
  // Tells a layer and the ReLU after it that they are a pair, see fusible_pair(): in passes that
  // fuse, the layer applies the ReLU, and the ReLU layer returns its input.
  void pair_with_relu() { paired_with_relu_ = true; }

  const LayerSummary& summary() const { return summary_; }

 protected:
  virtual Var forward(Var x, const Pass& pass) const = 0;
  virtual Dual forward(Dual x, const Pass& pass) const = 0;
  bool fused(const Pass& pass) const { return paired_with_relu_ && pass.fuses_relu(); }

 private:
  LayerSummary summary_;
  bool paired_with_relu_ = false;
};

// The layout of a layer's weights in memory, units contiguous, and their meaning: each unit sees
// planes × rows × columns numbers. torch shows them as [units, planes, rows, columns]. A conv
// stores [rows, columns, planes, units]; a linear layer [planes, rows, columns, units], where the
// three are the extents of what was flattened (planes and rows are 1 if nothing was). A norm has
// one number per channel; its channels are the units.
struct WeightLayout {
  uint32_t units = 0, planes = 1, rows = 1, columns = 1;
  bool channels_last = false;
  uint32_t fan_in() const { return planes * rows * columns; }
  uint32_t size() const { return units * fan_in(); }
  // The index in memory of a number in torch's order.
  uint32_t place(uint32_t torch_index) const;
  bool operator==(const WeightLayout&) const = default;
};

// A layer whose parameters are a weight and perhaps a bias: linear, conv, and norms (gamma, beta).
class WeightedLayer : public Layer {
 public:
  WeightedLayer(LayerSummary summary, const WeightLayout& layout)
      : Layer(std::move(summary)), layout_(layout) {}

  void initialize(InitKind kind, const Rng& seed) override;

  const std::string& name() const { return summary().name; }
  const WeightLayout& layout() const { return layout_; }
  const Parameter& weight() const { return *weight_; }
  const Parameter* bias() const { return bias_; }  // null: none
  // Frozen parameters get no gradient and no steps.
  void set_frozen(bool frozen);
  bool frozen() const { return !weight_->requires_grad; }

 protected:
  // Adds "layer1.weight" of this shape and, with a bias, "layer1.bias": [units].
  void declare(ParameterSlabs& slabs, const Shape& weight, bool bias, bool decays);
  // The products that one input takes part in, for Glorot's bound.
  virtual uint32_t fan_out() const { return layout_.units; }
  // Weight and bias on the tape of x, as it has them: a Dual with their tangents.
  Var weight_beside(Var x, const Pass& pass) const;
  Dual weight_beside(Dual x, const Pass& pass) const;
  Var bias_beside(Var x, const Pass& pass) const;
  Dual bias_beside(Dual x, const Pass& pass) const;

 private:
  WeightLayout layout_;
  Parameter* weight_ = nullptr;
  Parameter* bias_ = nullptr;
};

// Where a layer is built: shapes of one image, without the batch axis.
struct LayerPlace {
  LayerSummary summary;
  Shape input;
  // What was flattened into the input, [h, w, c]; the input itself if nothing was.
  Shape unflattened;
};

// Whether `layer` can apply a ReLU in its own op, and `next` is one.
bool fusible_pair(const LayerSpec& layer, const LayerSpec& next);

// The layer of `spec`, with its parameters declared in `slabs`. A residual block takes its layers,
// which come before it in the table. Precondition: the shapes are those of summarize().
std::unique_ptr<Layer> make_layer(const LayerSpec& spec, const LayerPlace& place,
                                  ParameterSlabs& slabs,
                                  std::vector<std::unique_ptr<Layer>> inside);

}  // namespace downhill
