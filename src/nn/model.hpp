// A model: a sequence of layers, built from a NetworkSpec, with all parameters in slabs.
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

  // Step 1: sets the first value of every parameter and running statistic and clears the gradients.
  // A layer's values depend only on the seed and on its own name.
  void initialize(InitKind kind, uint64_t seed);

  // images: [n, h, w, c] -> [n, outputs], on the images' tape.
  Var forward(Var images, const Pass& pass) const;
  // The same with derivatives along pass.direction.  Precondition: pass.training.
  Dual forward(Dual images, const Pass& pass) const;

  // Freezes the first `count` layers of weights and the norms before the next one.
  void freeze(uint32_t count);

  ParameterSlabs& slabs() { return slabs_; }
  const ParameterSlabs& slabs() const { return slabs_; }
  const Shape& input() const { return input_; }
  uint32_t outputs() const { return outputs_; }
  // The table: one line per layer; a residual block comes after its layers.
  const std::vector<LayerSummary>& table() const { return table_; }
  // Those with parameters, in the order of the slabs.
  const std::vector<WeightedLayer*>& weighted() const { return weighted_; }
  // The outputs of all layers for one image, and the image, counted in numbers.
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
