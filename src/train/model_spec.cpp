#include "train/model_spec.hpp"

#include <array>

#include "base/query_text.hpp"
#include "base/text.hpp"

namespace downhill {
namespace {

struct NamedModel {
  std::string_view name;
  ModelKind kind;
  std::string_view layers;
};

// M. Mueller, "Walk with fastai", lesson 2: conv is the net of 12,126 parameters, resconv the one
// of 41,132. There the last convolution of resconv is followed by a ReLU, which would keep a single
// output from ever saying "7"; here the model ends in numbers of either sign.
constexpr std::array<NamedModel, 4> kNamed = {{
    {"linear", ModelKind::linear, "flatten,linear"},
    {"conv", ModelKind::conv,
     "conv8k3s2p1,bn,act,conv16k3s2p1,bn,act,conv32k3s2p1,bn,act,conv16k3s2p1,bn,act,"
     "convk3s2p1,bn,flatten"},
    {"resconv", ModelKind::resconv,
     "conv8k3s2p1b0,bn,act,res(conv8k3p1b0,bn,act,conv8k3p1b0,bn,act),"
     "conv16k3s2p1b0,bn,act,res(conv16k3p1b0,bn,act,conv16k3p1b0,bn,act),"
     "conv32k3s2p1b0,bn,act,res(conv32k3p1b0,bn,act,conv32k3p1b0,bn,act),"
     "conv16k3s2p1b0,bn,act,res(conv16k3p1b0,bn,act,conv16k3p1b0,bn,act),"
     "convk3s2p1b0,bn,flatten"},
    // The shape of ConvNetJS's MNIST demo, in the tradition of LeCun et al. 1998.
    {"lenet", ModelKind::lenet,
     "conv8k5p2,act,maxpool2,conv16k5p2,act,maxpool3,flatten,drop,linear"},
}};
constexpr std::string_view kMlp = "mlp:", kNet = "net:";

Error refuse(const std::string& what) { return Error{"[model] " + what}; }

Result<ModelSpec> parse_mlp(std::string_view text) {
  const std::vector<std::string_view> pieces = split(text.substr(kMlp.size()), ',');
  if (pieces.size() > kMaxHiddenLayers) {
    return refuse(quoted(text) + " has " + print(uint64_t{pieces.size()}) +
                  " hidden layers, at most " + print(uint64_t{kMaxHiddenLayers}) + " are possible");
  }
  ModelSpec model;
  model.hidden.clear();
  for (std::string_view piece : pieces) {
    const Result<uint32_t> width = parse_u32(piece);
    if (!width || *width < 1 || *width > kMaxHiddenWidth) {
      return refuse("the width " + quoted(piece) + " of a hidden layer is outside 1…" +
                    print(uint64_t{kMaxHiddenWidth}));
    }
    model.hidden.push_back(*width);
  }
  return model;
}

}  // namespace

std::string print_model(const ModelSpec& model) {
  if (model.kind == ModelKind::net) return std::string(kNet) + model.layers;
  for (const NamedModel& named : kNamed) {
    if (named.kind == model.kind) return std::string(named.name);
  }
  std::string text(kMlp);
  for (uint32_t width : model.hidden) {
    if (text.size() > kMlp.size()) text += ',';
    text += print(uint64_t{width});
  }
  return text;
}

Result<ModelSpec> parse_model(std::string_view text) {
  if (text.starts_with(kMlp)) return parse_mlp(text);
  ModelSpec model;
  model.hidden.clear();
  if (text.starts_with(kNet)) {
    model.kind = ModelKind::net;
    model.layers = text.substr(kNet.size());
    const Result<NetworkSpec> network = parse_network(model.layers);
    if (!network) return network.error();
    return model;
  }
  for (const NamedModel& named : kNamed) {
    if (named.name != text) continue;
    model.kind = named.kind;
    return model;
  }
  return refuse(quoted(text) +
                " is none of linear, mlp:30 (widths), conv, resconv, lenet, net:flatten,linear "
                "(layers)");
}

std::string layers_text(const ModelSpec& model) {
  if (model.kind == ModelKind::net) return model.layers;
  for (const NamedModel& named : kNamed) {
    if (named.kind == model.kind) return std::string(named.layers);
  }
  std::string text = "flatten";
  for (uint32_t width : model.hidden) {
    text += ",linear" + print(uint64_t{width}) + ",act,drop";
  }
  return text + ",linear";
}

NetworkSpec network_of(const ModelSpec& model, const NetworkWords& words) {
  const Result<NetworkSpec> network = parse_network(layers_text(model), words);
  return network ? *network : NetworkSpec{};
}

}  // namespace downhill
