// A network as a plain value: the list of its layers, with one text form, and the shapes that
// follow from it. Everything a builder, a link or a table of layers has to know before there is a
// single weight. Knows no tensors' values and no tape.
//
// Text: layers separated by commas, each a name with its numbers behind letters:
//   conv8k3s2p1     8 channels, kernel 3, stride 2, padding 1 (stride 1 and padding 0 may be left
//                   out); b0: without bias
//   linear30        30 units; b0: without bias
//   conv, linear    without a number of units: as many as the model has outputs
//   maxpool2s2      kernel 2, stride 2 (left out: the kernel); also avgpool2
//   bn, ln          batch norm, layer norm over the channels (or features)
//   relu, leakyrelu, sigmoid, tanh, gelu;  act: the experiment's activation
//   dropout0.2      drops with probability 0.2;  drop: with the experiment's probability
//   flatten
//   res(…)          x + f(x), f the layers inside; they must keep the shape
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "autograd/shape.hpp"
#include "base/result.hpp"
#include "nn/choices.hpp"

namespace downhill {

enum class LayerKind : uint8_t {
  linear,
  conv,
  max_pool,
  avg_pool,
  batch_norm,
  layer_norm,
  activation,
  dropout,
  flatten,
  residual,
};

struct LayerSpec {
  LayerKind kind = LayerKind::linear;
  uint32_t units = 0;  // of linear; channels of conv. 0: as many as the model has outputs
  uint32_t kernel = 1, stride = 1, padding = 0;
  bool bias = true;
  ActivationKind activation = ActivationKind::relu;
  float p = 0;                        // of dropout: 0 <= p < 1
  std::vector<LayerSpec> inner = {};  // of residual
  bool operator==(const LayerSpec&) const = default;
};

using NetworkSpec = std::vector<LayerSpec>;

inline constexpr uint32_t kMaxLayers = 64;  // residual blocks and what is in them included
inline constexpr uint32_t kMaxUnits = 1024;
inline constexpr uint32_t kMaxKernel = 28;
inline constexpr uint32_t kMaxResidualDepth = 3;
// Values, those of before, gradients and Adam's two: 40 MB.
inline constexpr uint32_t kMaxParameters = 2'000'000;
inline constexpr uint32_t kMaxFeatures = 1u << 18;  // numbers that one layer makes of one image

// What the words `act` and `drop` stand for.
struct NetworkWords {
  ActivationKind activation = ActivationKind::relu;
  float dropout = 0;  // 0: `drop` is no layer at all
};

// Refused with the place of the word that is wrong: an unknown layer, a number out of range, an
// unclosed parenthesis, too many layers.
Result<NetworkSpec> parse_network(std::string_view text, const NetworkWords& words = {});

// One line of the table of layers.
struct LayerSummary {
  std::string name;  // of layers with parameters: "layer1", "norm1"; empty otherwise
  std::string path;  // as torch.nn.Sequential counts: "0", "3.body.0"
  std::string kind;  // torch's name with its numbers: "Conv2d 3×3, stride 2, padding 1"
  Shape output;      // of one image, [h, w, c] or [features]; no batch axis
  uint32_t parameters = 0;
  uint32_t depth = 0;  // how many residual blocks it stands in
  LayerKind what = LayerKind::linear;
  bool operator==(const LayerSummary&) const = default;
};

// The shapes of all layers for images of shape `input` ([h, w, c]) and a model that ends in
// [outputs]. A residual block is a line of its own, behind those of its inside. Where shapes do not
// fit, a sentence says which layer, what it gets and what it would need.
Result<std::vector<LayerSummary>> summarize(const NetworkSpec& network, const Shape& input,
                                            uint32_t outputs);

// "7 × 7 × 16" of one image.
std::string print_extents(const Shape& shape);

}  // namespace downhill
