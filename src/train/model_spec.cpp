#include "train/model_spec.hpp"

#include "base/query_text.hpp"
#include "base/text.hpp"
#include "base/typed_number.hpp"

namespace downhill {
namespace {

constexpr std::string_view kMlp = kModels[ModelKind::mlp].words.word,
                           kNet = kModels[ModelKind::net].words.word;

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
    const Result<uint64_t> width = typed_count(piece, 1, kMaxHiddenWidth);
    if (!width) return refuse("the width of a hidden layer: " + width.error().message);
    model.hidden.push_back(static_cast<uint32_t>(*width));
  }
  return model;
}

}  // namespace

std::string print_model(const ModelSpec& model) {
  std::string text(kModels[model.kind].words.word);
  if (model.kind == ModelKind::net) return text + model.layers;
  if (model.kind != ModelKind::mlp) return text;
  for (uint32_t width : model.hidden) {
    if (text.size() > kMlp.size()) text += ',';
    text += print(uint64_t{width});
  }
  return text;
}

Result<ModelSpec> parse_model(std::string_view text) {
  if (text.size() > kMaxModelText) {
    return refuse("a text of " + print(uint64_t{text.size()}) +
                  " characters is too long: " + print(uint64_t{kMaxModelText}) + " are the most");
  }
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
  const ModelRow* row = kModels.find(text);
  if (row != nullptr && !row->layers.empty()) {
    model.kind = row->kind;
    return model;
  }
  std::string usages;
  for (const ModelRow& known : kModels) {
    usages += (usages.empty() ? "" : ", ") + std::string(known.usage);
  }
  return refuse(quoted(text) + " is none of " + usages);
}

std::string layers_text(const ModelSpec& model) {
  if (model.kind == ModelKind::net) return model.layers;
  if (model.kind != ModelKind::mlp) return std::string(kModels[model.kind].layers);
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
