// A model: layers one after the other, built from a NetworkSpec, with all parameters in slabs.
// Knows nothing of data, losses or optimizers.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/result.hpp"
#include "nn/layers.hpp"
#include "nn/network_spec.hpp"
#include "nn/parameter_slabs.hpp"

namespace downhill {

class Model {
 public:
  // For images of shape `input` ([h, w, c]) and `outputs` numbers per image. The only place that
  // allocates. Errors are those of summarize().
  static Result<std::unique_ptr<Model>> build(const NetworkSpec& network, const Shape& input,
                                              uint32_t outputs);

  // Step 1: every parameter gets its first value, every running statistic its start; gradients are
  // forgotten. A layer's values depend on the seed and on its own name alone.
  void initialize(InitKind kind, uint64_t seed);

  // images: [n, h, w, c] -> [n, outputs], on the images' tape.
  Var forward(Var images, const Pass& pass) const;

  // The first `count` layers of weights, with the norms before the next one, learn no more.
  void freeze(uint32_t count);

  ParameterSlabs& slabs() { return slabs_; }
  const ParameterSlabs& slabs() const { return slabs_; }
  const Shape& input() const { return input_; }
  uint32_t outputs() const { return outputs_; }
  // The table: one line per layer, residual blocks behind their inside.
  const std::vector<LayerSummary>& table() const { return table_; }
  // Those with parameters, in the order of the slabs.
  const std::vector<WeightedLayer*>& weighted() const { return weighted_; }
  // Numbers that one image becomes on its way through, all layers together.
  size_t features_per_image() const;

 private:
  class Builder;
  Model() = default;

  ParameterSlabs slabs_;
  Shape input_;
  uint32_t outputs_ = 0;
  std::vector<LayerSummary> table_;
  std::vector<std::unique_ptr<Layer>> layers_;
  std::vector<WeightedLayer*> weighted_;
};

}  // namespace downhill
