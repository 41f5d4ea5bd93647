// The weights and directions that the generators in tests/golden/torch give a network.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "nn/model.hpp"

namespace downhill::test {

// The random numbers of the initial weights: the upper half of Knuth's and Lewis' linear congruential
// generator.
class Numbers {
 public:
  explicit Numbers(uint32_t state = 1) : state_(state) {}
  float next() {  // in [-1, 1)
    state_ = 1664525 * state_ + 1013904223;
    return (static_cast<float>(state_ >> 16) - 32768.0f) / 32768.0f;
  }

 private:
  uint32_t state_;
};

// Layer by layer, weight, then bias, in PyTorch's order, as in generate_trajectories.py.
inline void set_first_weights(Model& model) {
  Numbers numbers;
  for (const WeightedLayer* layer : model.weighted()) {
    const WeightLayout& layout = layer->layout();
    const LayerKind what = layer->summary().what;
    const bool norm = what == LayerKind::batch_norm || what == LayerKind::layer_norm;
    float scale = 1;
    while (!norm && scale * scale * static_cast<float>(layout.fan_in()) > 1) scale /= 2;
    if (norm) scale = 0.25f;
    const std::span<float> weight = layer->weight().value.span();
    for (uint32_t i = 0; i < layout.size(); ++i) {
      weight[layout.place(i)] = (norm ? 1.0f : 0.0f) + scale * numbers.next();
    }
    if (layer->bias() == nullptr) continue;
    for (float& b : layer->bias()->value.span()) b = scale * numbers.next();
  }
}

// Numbers in the order of PyTorch's parameters, laid out like the slab of values.
inline std::vector<float> numbers_like(const Model& model, uint32_t state) {
  Numbers numbers(state);
  const float* const first = model.slabs().values().data();
  std::vector<float> result(model.slabs().values().size());
  for (const WeightedLayer* layer : model.weighted()) {
    float* const weight = result.data() + (layer->weight().value.data - first);
    for (uint32_t i = 0; i < layer->layout().size(); ++i) {
      weight[layer->layout().place(i)] = numbers.next();
    }
    if (layer->bias() == nullptr) continue;
    float* const bias = result.data() + (layer->bias()->value.data - first);
    for (size_t i = 0; i < layer->bias()->value.size(); ++i) bias[i] = numbers.next();
  }
  return result;
}

}  // namespace downhill::test
