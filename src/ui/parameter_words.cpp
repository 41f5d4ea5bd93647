#include "ui/parameter_words.hpp"

#include <algorithm>
#include <array>

#include "ui/image_grid.hpp"
#include "ui/layer_tiles.hpp"

namespace downhill::ui {
namespace {

// Positions are counted from 0 as in PyTorch's tensors, units and planes from 1.
void add_weight(Label& text, const LayerInfo& layer, ImageSize images, uint32_t at) {
  const uint32_t unit = at / layer.in, in = at % layer.in;
  const uint32_t tile = layer.rows * layer.columns;
  const uint32_t row = in % tile / layer.columns, column = in % layer.columns;
  if (is_norm(layer.kind)) {
    text.format("gamma of channel %u", unit + 1);
    return;
  }
  text.format("%s %u", tile_words(layer).unit, unit + 1);
  switch (tiles_of(layer).kind) {
    case TileKind::matrix:
      text.format(", input %u", in + 1);
      return;
    case TileKind::kernels:
      text.format(", plane %u (row %u, column %u)", in / tile + 1, row, column);
      return;
    case TileKind::images:
    case TileKind::bars:
      break;
  }
  if (layer.kind == LayerKind::linear && ImageSize{layer.rows, layer.columns} == images) {
    text.format(", pixel (%u, %u)", column, row);
  } else {
    text.format(" (row %u, column %u)", row, column);
  }
}

// The factors of a model that weighs the powers of the time, as its formula has them.
Label factor_words(DataKind data, uint32_t index) {
  constexpr std::array<std::string_view, 3> kFactors = {"a, of t²", "b, of t", "c, added"};
  return kFactors[std::min<size_t>(index + 2 - kData[data].features, 2)];
}

bool is_one_sum(const Snapshot& snapshot) {
  const std::vector<LayerInfo>& layers = snapshot.parameters.layers;
  return has_points(snapshot.spec.data) && layers.size() == 1 && layers[0].out == 1;
}

}  // namespace

Label parameter_words(const Snapshot& snapshot, uint32_t index) {
  const Parameters& parameters = snapshot.parameters;
  if (is_one_sum(snapshot)) return factor_words(snapshot.spec.data, index);
  for (const LayerInfo& layer : parameters.layers) {
    Label text;
    if (index >= layer.weight_offset && index - layer.weight_offset < layer.in * layer.out) {
      add_weight(text, layer, image_size(snapshot), index - layer.weight_offset);
    } else if (layer.has_bias && index >= layer.bias_offset &&
               index - layer.bias_offset < layer.out) {
      text.add(is_norm(layer.kind) ? "beta" : "bias")
          .format(" of %s %u", tile_words(layer).unit, index - layer.bias_offset + 1);
    } else {
      continue;
    }
    if (parameters.layers.size() > 1) text.add(" of ").add(layer.name);
    return text;
  }
  return "no such weight";
}

Label layer_kind_words(const LayerInfo& layer) {
  Label text(kLayers[layer.kind].words.label);
  if (layer.kind == LayerKind::conv) text.format(" %u × %u", layer.rows, layer.columns);
  return text;
}

Label layer_words(const LayerInfo& layer) {
  Label text = layer_kind_words(layer);
  if (is_norm(layer.kind)) {
    text.format(" of %u channels", layer.out);
  } else if (layer.kind == LayerKind::conv) {
    text.format(", %u %s → %u %s", layer.planes, layer.planes == 1 ? "plane" : "planes", layer.out,
                layer.out == 1 ? "filter" : "filters");
  } else {
    text.format(", %u → %u", layer.in, layer.out);
  }
  if (layer.frozen) text.add(", frozen");
  return text;
}

}  // namespace downhill::ui
