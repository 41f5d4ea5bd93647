// Which model: a named one, or a network in words. A named model is a row of the table below with a
// text for nn/network_spec.hpp. Knows no data and no training.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/choice_table.hpp"
#include "base/result.hpp"
#include "nn/network_spec.hpp"

namespace downhill {

enum class ModelKind : uint8_t { linear, mlp, conv, resconv, lenet, net };

struct ModelRow {
  ModelKind kind;
  ChoiceWords words;                       // a word that ends in ':' is followed by text
  std::string_view usage;                  // in the list of what there is: "mlp:30 (widths)"
  std::string_view brief;                  // where the experiment is summed up: "residual conv"
  std::string_view layers = {};            // in words; empty: they follow from the text
  bool activation = true, dropout = true;  // whether the experiment's may be among the layers
};

// M. Mueller, "Walk with fastai", lesson 2: conv is the net with 12,126 parameters, resconv the one
// with 41,132. There a ReLU follows the last convolution of resconv, with which a single output
// could never say "7"; here the model ends in numbers of either sign. lenet has the shape of
// ConvNetJS's MNIST demo, in the tradition of LeCun et al. 1998.
inline constexpr auto kModels = choice_table<ModelRow>({
    {ModelKind::linear,
     {"linear", "Linear", "One weighted sum of the inputs per output."},
     "linear",
     "linear",
     "flatten,linear",
     false,
     false},
    {ModelKind::mlp,
     {"mlp:", "MLP", "Hidden layers between pixels and outputs."},
     "mlp:30 (widths)",
     "MLP"},
    {ModelKind::conv,
     {"conv", "Conv", "The article's net: five convolutions of stride 2, each with batch norm."},
     "conv",
     "conv",
     "conv8k3s2p1,bn,act,conv16k3s2p1,bn,act,conv32k3s2p1,bn,act,conv16k3s2p1,bn,act,"
     "convk3s2p1,bn,flatten",
     true,
     false},
    {ModelKind::resconv,
     {"resconv", "Residual",
      "The article's net with a residual block after each of its first four convolutions."},
     "resconv",
     "residual conv",
     "conv8k3s2p1b0,bn,act,res(conv8k3p1b0,bn,act,conv8k3p1b0,bn,act),"
     "conv16k3s2p1b0,bn,act,res(conv16k3p1b0,bn,act,conv16k3p1b0,bn,act),"
     "conv32k3s2p1b0,bn,act,res(conv32k3p1b0,bn,act,conv32k3p1b0,bn,act),"
     "conv16k3s2p1b0,bn,act,res(conv16k3p1b0,bn,act,conv16k3p1b0,bn,act),"
     "convk3s2p1b0,bn,flatten",
     true,
     false},
    {ModelKind::lenet,
     {"lenet", "LeNet",
      "Two convolutions, each with a pool, then a linear layer: the shape of ConvNetJS's demo."},
     "lenet",
     "LeNet",
     "conv8k5p2,act,maxpool2,conv16k5p2,act,maxpool3,flatten,drop,linear"},
    {ModelKind::net,
     {"net:", "Own", "Layers in words of your own."},
     "net:flatten,linear (layers)",
     "own layers"},
});

struct ModelSpec {
  ModelKind kind = ModelKind::mlp;
  std::vector<uint32_t> hidden{30};  // of mlp: widths, 1..kMaxUnits, at most kMaxHiddenLayers
  std::string layers;                // of net: text that parse_network() reads
  bool operator==(const ModelSpec&) const = default;
};

inline constexpr uint32_t kMaxHiddenLayers = 6;
inline constexpr size_t kMaxModelText = 1536;  // bytes of a model in words
inline constexpr uint32_t kMaxHiddenWidth = kMaxUnits;

// "linear", "mlp:128,64", "conv", "net:conv8k3s2p1,relu,flatten,linear".
std::string print_model(const ModelSpec& model);
Result<ModelSpec> parse_model(std::string_view text);

// The layers in words: what would follow "net:" for the same network.
std::string layers_text(const ModelSpec& model);
// Precondition: `model` comes from parse_model().
NetworkSpec network_of(const ModelSpec& model, const NetworkWords& words);

}  // namespace downhill
