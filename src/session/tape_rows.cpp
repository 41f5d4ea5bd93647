#include "session/tape_rows.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string_view>

#include "kernels/reductions/reduce.hpp"
#include "session/tape_view.hpp"

namespace downhill {

namespace {

constexpr float kNone = std::numeric_limits<float>::quiet_NaN();

bool starts(const Node& node, std::string_view op) {
  return std::string_view(node.op).starts_with(op);
}
bool does_relu(const Node& node) { return std::string_view(node.op).ends_with("+relu"); }

// Bytes without floats are those of pixels.
bool is_bytes(const Node& node) { return node.value.data == nullptr; }

float value_norm(const Node& node) {
  if (!is_bytes(node)) return kernels::norm(node.value.data, node.value.size());
  double sum = 0;
  for (uint32_t i = 0; i < node.pixels->count; ++i) {
    for (uint32_t k = 0; k < node.pixels->size; ++k) {
      const auto x = static_cast<double>(node.pixels->map[node.pixels->images[i][k]]);
      sum += x * x;
    }
  }
  return static_cast<float>(std::sqrt(sum));
}

// 0 for a view of its input.
uint64_t bytes_of(std::span<const Node> nodes, const Node& node) {
  if (!node.is_leaf()) {
    const Node& input = nodes[node.inputs[0]];
    if (node.value.data == input.value.data && node.pixels == input.pixels) return 0;
  }
  return node.value.shape.size() * (is_bytes(node) ? 1 : sizeof(float));
}

std::string name_of(const RunView& run, std::span<const Node> nodes, uint32_t index) {
  const Node& node = nodes[index];
  if (node.parameter != nullptr) return node.parameter->name;
  if (const WeightedLayer* layer = layer_of(run, node)) return layer->name();
  if (!node.is_leaf()) return {};
  if (node.pixels != nullptr) return "images";
  // The targets come right before the loss.
  const Node& last = nodes.back();
  return last.input_count == 2 && last.inputs[1] == index ? "targets" : "";
}

// With the step at which the last operation that it went into has passed its gradient on.
void add_gradient_steps(std::span<const Node> nodes, TapeView& out) {
  const std::vector<uint32_t> back = way_back(nodes);
  for (uint32_t i = 0; i < back.size(); ++i) {
    const Node& node = nodes[back[i]];
    const uint32_t step = out.forward + i + 1;
    if (i == 0) out.rows[back[i]].gradient_step = step;
    for (uint32_t k = 0; k < node.input_count; ++k) {
      if (has_gradient(nodes[node.inputs[k]])) out.rows[node.inputs[k]].gradient_step = step;
    }
  }
  out.last = out.forward + static_cast<uint32_t>(back.size());
}

// The layers of convolutions, in the order in which a pass goes through them.
void add_convolutions(const NetworkSpec& network, std::vector<LayerSpec>& out) {
  for (const LayerSpec& layer : network) {
    if (layer.kind == LayerKind::conv) out.push_back(layer);
    add_convolutions(layer.inner, out);
  }
}

LayerSpec convolution(const RunView& run, const Node& node) {
  std::vector<LayerSpec> all;
  add_convolutions(network_of(run.spec()), all);
  size_t number = 0;
  for (const Node* other = run.tape().data(); other != &node; ++other) {
    number += starts(*other, "conv2d") ? 1 : 0;
  }
  return all[number];
}

// One product: a number that the weight saw, and the gradient of what it went into.
struct Pair {
  float seen, slope;
};

// Calls take(image, pair) for all pairs of a weight, image by image.
template <class Take>
void for_each_pair(const Node& x, const Node& y, size_t unit, size_t weight, const Take& take) {
  const size_t images = y.value.shape[0], in = x.value.shape[1], units = y.value.shape[1];
  for (size_t i = 0; i < images; ++i) {
    const size_t out = i * units + unit;
    const bool off = does_relu(y) && y.value.data[out] <= 0;
    take(i, Pair{number_at(x, i * in + weight), !has_gradient(y) ? kNone
                                                : off            ? 0.0f
                                                                 : y.grad[out]});
  }
}

// The same for a filter, which is used at each of its positions.
template <class Take>
void for_each_pair(const Node& x, const Node& y, const LayerSpec& conv, const WeightLayout& layout,
                   size_t unit, size_t weight, const Take& take) {
  const Shape &in = x.value.shape, &out = y.value.shape;
  const size_t pixels = size_t{layout.rows} * layout.columns, plane = weight / pixels;
  const size_t ky = weight % pixels / layout.columns, kx = weight % layout.columns;
  for (size_t i = 0; i < out[0]; ++i) {
    for (size_t row = 0; row < out[1]; ++row) {
      for (size_t column = 0; column < out[2]; ++column) {
        const size_t at = ((i * out[1] + row) * out[2] + column) * out[3] + unit;
        // Beyond an edge there is padding, and the unsigned difference is large.
        const size_t sy = row * conv.stride + ky - conv.padding;
        const size_t sx = column * conv.stride + kx - conv.padding;
        const bool inside = sy < in[1] && sx < in[2];
        const bool off = does_relu(y) && y.value.data[at] <= 0;
        take(i, Pair{inside ? number_at(x, ((i * in[1] + sy) * in[2] + sx) * in[3] + plane) : 0.0f,
                     !has_gradient(y) ? kNone
                     : off            ? 0.0f
                                      : y.grad[at]});
      }
    }
  }
}

// The numbers of one unit, in PyTorch's order.
std::vector<float> of_unit(const WeightLayout& layout, const float* numbers, uint32_t unit) {
  std::vector<float> out;
  if (numbers == nullptr || layout.fan_in() > kMaxTapeNumbers) return out;
  for (uint32_t k = 0; k < layout.fan_in(); ++k) {
    out.push_back(numbers[layout.place(unit * layout.fan_in() + k)]);
  }
  return out;
}

const float* gradient_of(const Node& node) { return has_gradient(node) ? node.grad : nullptr; }

// Of a filter with several positions only the factors of one image are kept.
void add_factors(TapeProduct& product, uint32_t image, size_t i, Pair pair) {
  product.terms.resize(std::max(product.terms.size(), i + 1));
  product.terms[i] += pair.seen * pair.slope;
  if (product.down * product.across > 1 && i != image) return;
  product.seen.push_back(pair.seen);
  product.slopes.push_back(pair.slope);
}

void sum_up(TapeProduct& product, bool known) {
  if (!known) {
    product.slopes.clear();
    product.terms.clear();
  }
  double sum = 0;
  for (const float term : product.terms) sum += static_cast<double>(term);
  product.sum = known ? static_cast<float>(sum) : kNone;
}

// [h, w, c] at `from`, channel by channel; a list is a row, one of pixels an image.
void fill_tensor(TapeTensor& out, const Node& node, const Shape& shape, uint32_t first_axis,
                 size_t from) {
  const uint32_t axes = shape.rank() - first_axis;
  const bool maps = axes == 3;
  out.channels = maps ? shape[first_axis + 2] : 1;
  out.rows = maps ? shape[first_axis] : 1;
  out.columns = maps ? shape[first_axis + 1] : 1;
  for (uint32_t axis = first_axis; !maps && axis < shape.rank(); ++axis) out.columns *= shape[axis];
  const size_t area = size_t{out.rows} * out.columns, size = area * out.channels;
  if (size > kMaxTapeNumbers) return;
  const float* const gradient = gradient_of(node);
  for (size_t k = 0; k < size; ++k) {
    const size_t at = from + k % area * out.channels + k / area;
    out.values.push_back(number_at(node, at));
    if (gradient != nullptr) out.gradient.push_back(gradient[at]);
  }
}

}  // namespace

std::vector<uint32_t> way_back(std::span<const Node> nodes) {
  std::vector<uint32_t> rows;
  for (size_t i = nodes.size(); i-- > 0;) {
    if (has_gradient(nodes[i]) && !nodes[i].is_leaf()) rows.push_back(static_cast<uint32_t>(i));
  }
  return rows;
}

const WeightedLayer* layer_of(const RunView& run, const Node& node) {
  const Parameter* weight = node.parameter;
  if (node.input_count > 1) weight = run.tape()[node.inputs[1]].parameter;
  for (const WeightedLayer* layer : run.model().weighted()) {
    if (weight == &layer->weight()) return layer;
  }
  return nullptr;
}

void view_rows(const RunView& run, TapeView& out) {
  const std::span<const Node> nodes = run.tape();
  for (uint32_t i = 0; i < nodes.size(); ++i) {
    const Node& node = nodes[i];
    TapeRow& row = out.rows.emplace_back();
    row.op = node.op;
    row.name = name_of(run, nodes, i);
    row.shape = print(node.value.shape);
    row.inputs.assign(node.inputs.begin(), node.inputs.begin() + node.input_count);
    row.relu = does_relu(node);
    row.requires_grad = node.requires_grad;
    row.bytes = bytes_of(nodes, node);
    row.value_norm = value_norm(node);
    const float* const gradient = gradient_of(node);
    row.gradient_norm =
        gradient == nullptr ? kNone : kernels::norm(gradient, node.value.shape.size());
  }
  out.forward = static_cast<uint32_t>(nodes.size());
  add_gradient_steps(nodes, out);
}

TapeTensor view_tensor(const RunView& run, const Node& node, uint32_t image, uint32_t unit) {
  TapeTensor out;
  const Shape& shape = node.value.shape;
  const WeightedLayer* layer = node.is_leaf() ? layer_of(run, node) : nullptr;
  if (layer != nullptr && layer->layout().fan_in() > 1) {
    const WeightLayout& layout = layer->layout();
    out.units = layout.units;
    out.unit = std::min(unit, layout.units - 1);
    out.channels = layout.planes;
    out.rows = layout.rows;
    out.columns = layout.columns;
    out.values = of_unit(layout, node.value.data, out.unit);
    out.gradient = of_unit(layout, gradient_of(node), out.unit);
    return out;
  }
  out.of_image =
      node.parameter == nullptr && shape.rank() > 0 && shape[0] == run.batch().size && shape[0] > 0;
  const size_t from = out.of_image ? image * (shape.size() / shape[0]) : 0;
  fill_tensor(out, node, shape, out.of_image ? 1 : 0, from);
  const ImageSize pixels = run.train_set().image_size();
  if (out.of_image && out.rows == 1 && out.columns == pixels.pixels()) {
    out.rows = pixels.rows;
    out.columns = pixels.columns;
  }
  return out;
}

std::optional<TapeProduct> view_product(const RunView& run, const Node& node, uint32_t unit,
                                        uint32_t weight, uint32_t image) {
  const bool conv = starts(node, "conv2d");
  const WeightedLayer* layer = layer_of(run, node);
  if (layer == nullptr || (!conv && !starts(node, "linear"))) return std::nullopt;
  const WeightLayout& layout = layer->layout();
  const Node &x = run.tape()[node.inputs[0]], &w = run.tape()[node.inputs[1]];
  TapeProduct out;
  out.units = layout.units;
  out.unit = std::min(unit, layout.units - 1);
  out.weight = std::min(weight, layout.fan_in() - 1);
  out.planes = layout.planes;
  out.rows = layout.rows;
  out.columns = layout.columns;
  out.weights = of_unit(layout, w.value.data, out.unit);
  out.gradients = of_unit(layout, gradient_of(w), out.unit);
  const auto take = [&](size_t i, Pair pair) { add_factors(out, image, i, pair); };
  if (conv) {
    out.down = node.value.shape[1];
    out.across = node.value.shape[2];
    for_each_pair(x, node, convolution(run, node), layout, out.unit, out.weight, take);
  } else {
    for_each_pair(x, node, out.unit, out.weight, take);
  }
  sum_up(out, has_gradient(node));
  const float* const gradient = gradient_of(w);
  out.gradient =
      gradient == nullptr ? kNone : gradient[layout.place(out.unit * layout.fan_in() + out.weight)];
  return out;
}

}  // namespace downhill
