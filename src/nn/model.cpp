#include "nn/model.hpp"

#include <utility>

namespace downhill {

// Makes the layers in the order of the table, which lists the layers of a residual block before the
// block itself.
class Model::Builder {
 public:
  explicit Builder(Model& model)
      : model_(model), shape_(model.input_), unflattened_(model.input_) {}

  std::vector<std::unique_ptr<Layer>> make(const NetworkSpec& network) {
    std::vector<std::unique_ptr<Layer>> layers;
    for (const LayerSpec& spec : network) layers.push_back(make_one(spec));
    for (size_t i = 1; i < network.size(); ++i) {
      if (!fusible_pair(network[i - 1], network[i])) continue;
      layers[i - 1]->pair_with_relu();
      layers[i]->pair_with_relu();
    }
    return layers;
  }

 private:
  std::unique_ptr<Layer> make_one(const LayerSpec& spec) {
    LayerPlace place{{}, shape_, unflattened_};
    std::vector<std::unique_ptr<Layer>> inside = make(spec.inner);
    place.summary = model_.table_[line_++];
    shape_ = place.summary.output;
    // A layer that acts on each number alone keeps the order of what was flattened.
    const bool keeps_places =
        place.input.rank() == 1 && kLayers[spec.kind].role != LayerRole::weights;
    if (spec.kind != LayerKind::flatten && !keeps_places) unflattened_ = shape_;
    std::unique_ptr<Layer> layer = make_layer(spec, place, model_.slabs_, std::move(inside));
    if (auto* weighted = dynamic_cast<WeightedLayer*>(layer.get())) {
      model_.weighted_.push_back(weighted);
    }
    return layer;
  }

  Model& model_;
  Shape shape_, unflattened_;
  size_t line_ = 0;
};

Result<std::unique_ptr<Model>> Model::build(const NetworkSpec& network, const Shape& input,
                                            uint32_t outputs) {
  Result<std::vector<LayerSummary>> table = summarize(network, input, outputs);
  if (!table) return table.error();
  std::unique_ptr<Model> model(new Model);
  model->input_ = input;
  model->outputs_ = outputs;
  model->table_ = std::move(*table);
  model->layers_ = Builder(*model).make(network);
  model->slabs_.allocate();
  return model;
}

void Model::initialize(InitKind kind, uint64_t seed) {
  for (const auto& layer : layers_) layer->initialize(kind, Rng(seed));
  slabs_.zero_grad();
  slabs_.reset_buffers();
}

Var Model::forward(Var images, const Pass& pass) const {
  Var x = images;
  for (const auto& layer : layers_) x = (*layer)(x, pass);
  return x;
}

Dual Model::forward(Dual images, const Pass& pass) const {
  Dual x = images;
  for (const auto& layer : layers_) x = (*layer)(x, pass);
  return x;
}

void Model::freeze(uint32_t count) {
  uint32_t weights = 0;
  for (WeightedLayer* layer : weighted_) {
    if (kLayers[layer->summary().what].role == LayerRole::weights) ++weights;
    layer->set_frozen(weights <= count && weights > 0);
  }
}

size_t Model::features_per_image() const {
  size_t total = input_.size();
  for (const LayerSummary& line : table_) total += line.output.size();
  return total;
}

}  // namespace downhill
