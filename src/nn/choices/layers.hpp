// The layers that a network in words consists of. Words and traits only: shapes are in
// nn/network_shapes.cpp, what a layer computes in nn/layers.cpp.
#pragma once

#include <cstdint>

#include "base/choice_table.hpp"

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

// What the parameters of a layer are, which decides its name in the table of layers.
enum class LayerRole : uint8_t {
  plain,    // it has none
  weights,  // "layer1": a matrix or filters, perhaps with biases
  norm,     // "norm1": gamma and beta of each channel
};

struct LayerRow {
  LayerKind kind;
  ChoiceWords words;  // `label` names the layer where its picture is shown
  // What may follow the word, in this order, each letter one part:
  //   u  a number of units, which may be left out: as many as the model has outputs
  //   k  the letter k and a kernel, which are needed
  //   w  the kernel of a pool, without a letter, which is needed; the stride is the same
  //   s, p, b  stride, padding, bias (0 or 1), each a letter and a number that may be left out
  //   q  a probability, which is needed
  //   (  layers in parentheses
  std::string_view parts = {};
  LayerRole role = LayerRole::plain;
};

inline constexpr auto kLayers = choice_table<LayerRow>({
    {LayerKind::linear,
     {"linear", "linear", "linear30: 30 units; linear: one per output; b0: no bias", "Linear"},
     "ub",
     LayerRole::weights},
    {LayerKind::conv,
     {"conv", "conv", "conv8k3s2p1: 8 channels, kernel 3, stride 2, padding 1; b0: no bias",
      "Conv2d"},
     "ukspb",
     LayerRole::weights},
    {LayerKind::max_pool,
     {"maxpool", "max pool", "maxpool2s2: kernel 2, stride 2", "MaxPool2d"},
     "wsp"},
    {LayerKind::avg_pool, {"avgpool", "average pool", "avgpool2: kernel 2", "AvgPool2d"}, "wsp"},
    {LayerKind::batch_norm,
     {"bn", "batch norm", "bn: batch norm", "BatchNorm"},
     {},
     LayerRole::norm},
    {LayerKind::layer_norm,
     {"ln", "layer norm", "ln: layer norm over the channels or features", "LayerNorm"},
     {},
     LayerRole::norm},
    // Has the words of kActivations.
    {LayerKind::activation, {{}, "activation", "relu, tanh …: any activation"}},
    {LayerKind::dropout,
     {"dropout", "dropout", "dropout0.2: drops a fifth of the numbers", "Dropout"},
     "q"},
    {LayerKind::flatten, {"flatten", "flatten", "flatten: an image becomes a list", "Flatten"}},
    {LayerKind::residual,
     {"res", "residual block", "res(…): adds its input to what the layers inside make",
      "x + body(x)"},
     "("},
});

constexpr bool is_norm(LayerKind kind) { return kLayers[kind].role == LayerRole::norm; }

}  // namespace downhill
