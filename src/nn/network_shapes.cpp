#include <array>

#include "base/text.hpp"
#include "nn/network_spec.hpp"

namespace downhill {
namespace {

std::string number(uint64_t value) { return print(value); }
std::string square(uint32_t side) { return number(side) + "×" + number(side); }

// Goes through the layers in order with the shape that one image has there.
class ShapeWalk {
 public:
  ShapeWalk(const Shape& input, uint32_t outputs) : shape_(input), outputs_(outputs) {}

  Result<std::vector<LayerSummary>> all(const NetworkSpec& network) {
    walk(network, "", 0);
    if (error_.empty() && shape_ != Shape{outputs_}) {
      error_ = "the last layer gives " + print_extents(shape_) + " numbers where the model needs " +
               number(outputs_) +
               (shape_.rank() > 1 ? ": flatten, then linear" : ": end in linear");
    }
    uint64_t parameters = 0;
    for (const LayerSummary& line : table_) parameters += line.parameters;
    if (error_.empty() && parameters > kMaxParameters) {
      error_ = "it would have " + number(parameters) + " parameters, at most " +
               number(kMaxParameters) + " are possible";
    }
    if (!error_.empty()) return Error{"[model] " + error_};
    return std::move(table_);
  }

 private:
  void walk(const NetworkSpec& layers, const std::string& prefix, uint32_t depth) {
    for (size_t i = 0; i < layers.size() && error_.empty(); ++i) {
      LayerSummary line;
      line.path = prefix + number(i);
      line.depth = depth;
      line.what = layers[i].kind;
      line.kind = kLayers[line.what].words.torch;
      line.name = next_name(kLayers[line.what].role);
      ++position_;
      visit(layers[i], line);
      line.output = shape_;
      if (shape_.size() > kMaxFeatures) {
        fail(line, "it makes " + number(shape_.size()) + " numbers of every image, at most " +
                       number(kMaxFeatures) + " are possible");
      }
      if (error_.empty()) table_.push_back(std::move(line));
    }
  }

  std::string next_name(LayerRole role) {
    switch (role) {
      case LayerRole::plain:
        return {};
      case LayerRole::weights:
        return "layer" + number(++weights_);
      case LayerRole::norm:
        return "norm" + number(++norms_);
    }
    return {};
  }

  // Completes the line, whose `kind` is PyTorch's name so far, and moves the shape on.
  void visit(const LayerSpec& layer, LayerSummary& line) {
    switch (layer.kind) {
      case LayerKind::linear:
        return linear(layer, line);
      case LayerKind::conv:
        return conv(layer, line);
      case LayerKind::max_pool:
      case LayerKind::avg_pool:
        return pool(layer, line);
      case LayerKind::batch_norm:
      case LayerKind::layer_norm:
        return norm(layer, line);
      case LayerKind::activation:
        line.kind = kActivations[layer.activation].words.torch;
        return;
      case LayerKind::dropout:
        line.kind += " " + print(layer.p);
        return;
      case LayerKind::flatten:
        shape_ = Shape{static_cast<uint32_t>(shape_.size())};
        return;
      case LayerKind::residual:
        return residual(layer, line);
    }
  }

  void linear(const LayerSpec& layer, LayerSummary& line) {
    if (shape_.rank() != 1) {
      return fail(line, "it gets images of " + print_extents(shape_) + ": flatten them first");
    }
    const uint32_t in = shape_[0], out = layer.units == 0 ? outputs_ : layer.units;
    line.parameters = in * out + (layer.bias ? out : 0);
    shape_ = Shape{out};
  }

  void conv(const LayerSpec& layer, LayerSummary& line) {
    line.kind += " " + square(layer.kernel) + options(layer, 1);
    if (!slide(layer, line)) return;
    const uint32_t in = shape_[2], out = layer.units == 0 ? outputs_ : layer.units;
    line.parameters = layer.kernel * layer.kernel * in * out + (layer.bias ? out : 0);
    shape_ = Shape{slid_[0], slid_[1], out};
  }

  void pool(const LayerSpec& layer, LayerSummary& line) {
    line.kind += " " + square(layer.kernel) + options(layer, layer.kernel);
    if (layer.padding > layer.kernel / 2) {
      return fail(line, "the padding may be half of the kernel at the most");
    }
    if (slide(layer, line)) shape_ = Shape{slid_[0], slid_[1], shape_[2]};
  }

  void norm(const LayerSpec& layer, LayerSummary& line) {
    const uint32_t channels = shape_[shape_.rank() - 1];
    if (layer.kind == LayerKind::batch_norm) line.kind += shape_.rank() == 3 ? "2d" : "1d";
    line.parameters = 2 * channels;
  }

  void residual(const LayerSpec& layer, LayerSummary& line) {
    const Shape before = shape_;
    const uint32_t position = position_;
    walk(layer.inner, line.path + ".body.", line.depth + 1);
    if (error_.empty() && shape_ != before) {
      position_ = position;
      fail(line, "its layers make " + print_extents(shape_) + " of " + print_extents(before) +
                     ": what is added must have the same shape");
    }
  }

  // Sets slid_, the rows and columns of places where the kernel fits. False: it fits nowhere.
  bool slide(const LayerSpec& layer, const LayerSummary& line) {
    if (shape_.rank() != 3) {
      fail(line, "it needs an image, but what comes is a list of " + number(shape_[0]) +
                     " numbers: put it before flatten");
      return false;
    }
    for (uint32_t axis = 0; axis < 2; ++axis) {
      const uint32_t padded = shape_[axis] + 2 * layer.padding;
      if (padded < layer.kernel) {
        fail(line, "its kernel of " + square(layer.kernel) + " does not fit into " +
                       print_extents(shape_) + " with padding " + number(layer.padding));
        return false;
      }
      slid_[axis] = (padded - layer.kernel) / layer.stride + 1;
    }
    return true;
  }

  static std::string options(const LayerSpec& layer, uint32_t usual_stride) {
    std::string text;
    if (layer.stride != usual_stride) text += ", stride " + number(layer.stride);
    if (layer.padding != 0) text += ", padding " + number(layer.padding);
    return text;
  }

  void fail(const LayerSummary& line, const std::string& what) {
    if (error_.empty()) error_ = "layer " + number(position_) + ", " + line.kind + ": " + what;
  }

  Shape shape_;
  uint32_t outputs_;
  std::array<uint32_t, 2> slid_{};
  uint32_t position_ = 0, weights_ = 0, norms_ = 0;
  std::vector<LayerSummary> table_;
  std::string error_;
};

}  // namespace

Result<std::vector<LayerSummary>> summarize(const NetworkSpec& network, const Shape& input,
                                            uint32_t outputs) {
  return ShapeWalk(input, outputs).all(network);
}

std::string print_extents(const Shape& shape) {
  std::string text;
  for (uint32_t axis = 0; axis < shape.rank(); ++axis) {
    text += (axis == 0 ? "" : " × ") + number(shape[axis]);
  }
  return text;
}

}  // namespace downhill
