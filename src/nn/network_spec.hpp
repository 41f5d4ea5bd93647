// A network as a plain value: the list of its layers, its text form, and the shapes that follow
// from it. This is all that a builder, a link or a table of layers needs before any weight exists.
// Knows no values of tensors and no tape.
//
// Text: layers separated by commas. nn/choices/layers.hpp has the word of each layer and what may
// follow it ("conv8k3s2p1", "linear30b0", "res(…)"), nn/choices/activations.hpp those of the
// activations ("relu"). Besides, `act` stands for the activation of the experiment, and `drop` for
// dropout with its probability.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "autograd/shape.hpp"
#include "base/result.hpp"
#include "nn/choices.hpp"

namespace downhill {

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

inline constexpr uint32_t kMaxLayers = 64;  // residual blocks and the layers in them included
inline constexpr uint32_t kMaxUnits = 1024;
inline constexpr uint32_t kMaxKernel = 28;  // of stride and padding too
inline constexpr uint32_t kMaxResidualDepth = 3;
// Values, previous values, gradients and Adam's two averages: 40 MB.
inline constexpr uint32_t kMaxParameters = 2'000'000;
inline constexpr uint32_t kMaxFeatures = 1u << 18;  // outputs of one layer for one image

// What the words `act` and `drop` stand for.
struct NetworkWords {
  ActivationKind activation = ActivationKind::relu;
  float dropout = 0;  // 0: `drop` is left out
};

// Refused, with the place of the wrong word: an unknown layer, a number out of range, an unclosed
// parenthesis, too many layers.
Result<NetworkSpec> parse_network(std::string_view text, const NetworkWords& words = {});

// Every word that a layer may begin with: "conv", "relu", "act" …
std::vector<std::string_view> layer_words();

// One line of the table of layers.
struct LayerSummary {
  std::string name;  // of layers with parameters: "layer1", "norm1"; empty otherwise
  std::string path;  // as torch.nn.Sequential counts: "0", "3.body.0"
  std::string kind;  // torch's name with its numbers: "Conv2d 3×3, stride 2, padding 1"
  Shape output;      // of one image, [h, w, c] or [features]; no batch axis
  uint32_t parameters = 0;
  uint32_t depth = 0;  // how many residual blocks it is inside of
  LayerKind what = LayerKind::linear;
  bool operator==(const LayerSummary&) const = default;
};

// The shapes of all layers for images of shape `input` ([h, w, c]) and a model that ends in
// [outputs]. A residual block is a line of its own, after the lines of its layers. If shapes do not
// fit, a sentence says which layer, what it gets and what it would need.
Result<std::vector<LayerSummary>> summarize(const NetworkSpec& network, const Shape& input,
                                            uint32_t outputs);

// "7 × 7 × 16" of one image.
std::string print_extents(const Shape& shape);

}  // namespace downhill
