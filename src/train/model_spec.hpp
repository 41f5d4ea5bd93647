// Which model: one of the named ones, or a network in words. A named model is nothing but a text
// for nn/network_spec.hpp. Knows no data and no training.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "nn/network_spec.hpp"

namespace downhill {

enum class ModelKind : uint8_t {
  linear,   // one weighted sum per output
  mlp,      // hidden layers between, "mlp:128,64"
  conv,     // the article's: five convolutions of stride 2, each with batch norm
  resconv,  // the article's residual version: a residual block behind each of the first four
  lenet,    // two convolutions and two pools, then a linear layer
  net,      // "net:" and the layers in words
};

struct ModelSpec {
  ModelKind kind = ModelKind::mlp;
  std::vector<uint32_t> hidden{30};  // of mlp: widths, 1..kMaxUnits, at most kMaxHiddenLayers
  std::string layers;                // of net: text that parse_network() reads
  bool operator==(const ModelSpec&) const = default;
};

inline constexpr uint32_t kMaxHiddenLayers = 6;
inline constexpr uint32_t kMaxHiddenWidth = kMaxUnits;

// "linear", "mlp:128,64", "conv", "net:conv8k3s2p1,relu,flatten,linear".
std::string print_model(const ModelSpec& model);
Result<ModelSpec> parse_model(std::string_view text);

// The layers in words, whatever the model: what "net:" would have to say for the same network.
std::string layers_text(const ModelSpec& model);
// Precondition: `model` comes from parse_model().
NetworkSpec network_of(const ModelSpec& model, const NetworkWords& words);

}  // namespace downhill
