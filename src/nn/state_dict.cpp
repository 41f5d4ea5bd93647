#include "nn/state_dict.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <utility>

#include "base/query_text.hpp"
#include "base/text.hpp"

namespace downhill {
namespace {

// One tensor of a state_dict, and where its numbers are in a slab of the model.
struct Entry {
  std::string name, path;  // "3.weight" of layer "3"
  std::vector<uint32_t> shape;
  const WeightLayout* layout = nullptr;  // of a weight; null: the numbers are in PyTorch's order
  const float* first = nullptr;          // in the model's slab
  bool buffer = false;
};

constexpr std::string_view kTracked = ".num_batches_tracked", kVariance = ".running_var";

std::vector<uint32_t> torch_shape(const WeightedLayer& layer) {
  const WeightLayout& layout = layer.layout();
  if (is_norm(layer.summary().what)) return {layout.units};
  if (!layout.channels_last) return {layout.units, layout.fan_in()};
  return {layout.units, layout.planes, layout.rows, layout.columns};
}

std::vector<Entry> entries_of(const Model& model) {
  std::vector<Entry> entries;
  const std::deque<Buffer>& buffers = model.slabs().all_buffers();
  for (const WeightedLayer* layer : model.weighted()) {
    const std::string& path = layer->summary().path;
    entries.push_back({path + ".weight", path, torch_shape(*layer), &layer->layout(),
                       layer->weight().value.data, false});
    if (layer->bias() != nullptr) {
      entries.push_back({path + ".bias",
                         path,
                         {layer->layout().units},
                         nullptr,
                         layer->bias()->value.data,
                         false});
    }
    // A buffer is named after its layer: "norm1.running_mean".
    for (const Buffer& buffer : buffers) {
      if (!buffer.name.starts_with(layer->name() + ".")) continue;
      entries.push_back({path + buffer.name.substr(layer->name().size()),
                         path,
                         {layer->layout().units},
                         nullptr,
                         buffer.value.data,
                         true});
    }
  }
  return entries;
}

size_t size_of(const Entry& entry) {
  size_t size = 1;
  for (const uint32_t extent : entry.shape) size *= extent;
  return size;
}

size_t place_of(const Entry& entry, size_t torch_index) {
  return entry.layout == nullptr ? torch_index
                                 : entry.layout->place(static_cast<uint32_t>(torch_index));
}

// The entry's tensor in torch's layout, with the numbers that begin at `first`.
FileTensor tensor_of(const Entry& entry, const float* first) {
  FileTensor tensor{entry.name, entry.shape, std::vector<float>(size_of(entry))};
  for (size_t i = 0; i < tensor.values.size(); ++i) tensor.values[i] = first[place_of(entry, i)];
  return tensor;
}

std::string print(const std::vector<uint32_t>& shape) {
  std::string text = "[";
  for (const uint32_t extent : shape) {
    text += (text.size() > 1 ? ", " : "") + std::to_string(extent);
  }
  return text + "]";
}

// "model." of "model.0.weight" where the model itself says "0.weight".
std::string common_prefix(const TensorFile& file, const std::string& first) {
  for (const FileTensor& tensor : file.tensors) {
    if (tensor.name.size() <= first.size() || !tensor.name.ends_with("." + first)) continue;
    const std::string prefix = tensor.name.substr(0, tensor.name.size() - first.size());
    const bool all = std::ranges::all_of(
        file.tensors, [&](const FileTensor& other) { return other.name.starts_with(prefix); });
    if (all) return prefix;
  }
  return {};
}

Error refuse(const std::string& what) { return Error{"[weights] " + what}; }

// Why training cannot begin with these numbers, or nothing. A loss would not always show it: a first
// layer leaves out the pixels that are zero, whatever their weights are.
std::string fault_of(const FileTensor& tensor) {
  const auto first = [&](auto is_bad) -> std::string {
    const auto bad = std::ranges::find_if(tensor.values, is_bad);
    if (bad == tensor.values.end()) return {};
    return "tensor " + quoted(tensor.name) + " has " + downhill::print(*bad) + " at index " +
           std::to_string(bad - tensor.values.begin());
  };
  std::string fault = first([](float value) { return !std::isfinite(value); });
  if (!fault.empty()) return fault + ": every number must be finite";
  if (!tensor.name.ends_with(kVariance)) return {};
  fault = first([](float value) { return value < 0; });
  return fault.empty() ? fault : fault + ": a variance is not negative";
}

// A tensor of the file for each entry of the model.
using Match = std::vector<const FileTensor*>;

bool counts(const FileTensor& tensor, std::string_view ignored) {
  return !(!ignored.empty() && tensor.name.starts_with(ignored)) &&
         !tensor.name.ends_with(kTracked);
}

Result<Match> match_by_name(const std::vector<Entry>& entries, const TensorFile& file,
                            std::string_view ignored) {
  const std::string prefix = common_prefix(file, entries.front().name);
  Match match;
  for (const Entry& entry : entries) {
    const FileTensor* tensor = file.find(prefix + entry.name);
    if (tensor == nullptr) {
      return refuse("there is no tensor " + quoted(prefix + entry.name) +
                    ", which this model needs: is it of another model?");
    }
    if (tensor->shape != entry.shape) {
      return refuse("tensor " + quoted(tensor->name) + " is " + print(tensor->shape) +
                    " where this model has " + print(entry.shape));
    }
    match.push_back(tensor);
  }
  for (const FileTensor& tensor : file.tensors) {
    if (!counts(tensor, ignored) || std::ranges::count(match, &tensor) > 0) continue;
    return refuse("the model has no place for tensor " + quoted(tensor.name));
  }
  return match;
}

// The tensors of one layer of a file: those whose names are alike up to the last dot.
struct FileLayer {
  std::string_view path;
  std::vector<const FileTensor*> tensors;
};
// Of a model: its entries.
using ModelLayer = std::span<const Entry>;

std::string_view path_of(std::string_view name) { return name.substr(0, name.rfind('.')); }

std::vector<FileLayer> layers_of(const TensorFile& file, std::string_view ignored) {
  std::vector<FileLayer> layers;
  for (const FileTensor& tensor : file.tensors) {
    if (!counts(tensor, ignored)) continue;
    const std::string_view path = path_of(tensor.name);
    auto found = std::ranges::find(layers, path, &FileLayer::path);
    if (found == layers.end()) found = layers.insert(found, {path, {}});
    found->tensors.push_back(&tensor);
  }
  return layers;
}

std::vector<ModelLayer> layers_of(const std::vector<Entry>& entries) {
  std::vector<ModelLayer> layers;
  for (size_t first = 0, end = 0; first < entries.size(); first = end) {
    while (end < entries.size() && entries[end].path == entries[first].path) ++end;
    layers.push_back(std::span(entries).subspan(first, end - first));
  }
  return layers;
}

// Numbers within names are compared as numbers: a file may list "10.bias" before "2.bias".
bool comes_before(std::string_view a, std::string_view b) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const auto take_number = [&](std::string_view& text) {
    size_t size = 0;
    while (size < text.size() && is_digit(text[size])) ++size;
    std::string_view digits = text.substr(0, size);
    text.remove_prefix(size);
    digits.remove_prefix(std::min(digits.find_first_not_of('0'), digits.size()));
    return digits;
  };
  while (!a.empty() && !b.empty()) {
    if (is_digit(a.front()) && is_digit(b.front())) {
      const std::string_view x = take_number(a), y = take_number(b);
      if (x != y) return x.size() != y.size() ? x.size() < y.size() : x < y;
    } else if (a.front() != b.front()) {
      return a.front() < b.front();
    } else {
      a.remove_prefix(1);
      b.remove_prefix(1);
    }
  }
  return a.size() < b.size();
}

// The tensors of a layer of the file for one of the model: the same kinds of numbers in the same
// shapes. Empty if they differ.
Match match_layer(ModelLayer entries, const FileLayer& layer) {
  Match match;
  if (layer.tensors.size() != entries.size()) return match;
  for (const Entry& entry : entries) {
    const std::string kind = entry.name.substr(entry.path.size());  // ".weight"
    const auto fits = [&](const FileTensor* tensor) {
      return tensor->shape == entry.shape && tensor->name.substr(layer.path.size()) == kind;
    };
    const auto found = std::ranges::find_if(layer.tensors, fits);
    if (found == layer.tensors.end()) return {};
    match.push_back(*found);
  }
  return match;
}

// Matches the layers in this order. Empty if one does not fit.
Match match_in_order(const std::vector<ModelLayer>& model, const std::vector<FileLayer>& layers) {
  Match all;
  if (layers.size() != model.size()) return all;
  for (size_t i = 0; i < model.size(); ++i) {
    const Match one = match_layer(model[i], layers[i]);
    if (one.empty()) return {};
    all.insert(all.end(), one.begin(), one.end());
  }
  return all;
}

// Matches each layer with the only one that has its shapes. Empty if there is none, or another.
Match match_by_shape(const std::vector<ModelLayer>& model, const std::vector<FileLayer>& layers) {
  std::vector<FileLayer> order;
  if (layers.size() != model.size()) return {};
  for (const ModelLayer& entries : model) {
    const auto fits = [&](const FileLayer& layer) { return !match_layer(entries, layer).empty(); };
    if (std::ranges::count_if(layers, fits) != 1) return {};
    order.push_back(*std::ranges::find_if(layers, fits));
  }
  return match_in_order(model, order);
}

// Where names do not decide: in the order of the names, in the order of the file, or by shapes
// alone. Empty if nothing fits.
Match match_layers(const std::vector<Entry>& entries, const TensorFile& file,
                   std::string_view ignored) {
  const std::vector<ModelLayer> model = layers_of(entries);
  const std::vector<FileLayer> in_file = layers_of(file, ignored);
  std::vector<FileLayer> by_name = in_file;
  std::ranges::stable_sort(by_name, comes_before, &FileLayer::path);
  Match match = match_in_order(model, by_name);
  if (match.empty()) match = match_in_order(model, in_file);
  return match.empty() ? match_by_shape(model, in_file) : match;
}

// "'0' is layer1, '2' is layer2", and how many more.
std::string describe(const Model& model, const std::vector<Entry>& entries, const Match& match) {
  constexpr size_t kMost = 6;
  std::string text;
  size_t named = 0;
  for (const WeightedLayer* layer : model.weighted()) {
    if (++named > kMost) continue;
    const auto entry = std::ranges::find(entries, layer->summary().path, &Entry::path);
    const FileTensor* tensor = match[static_cast<size_t>(entry - entries.begin())];
    text += (text.empty() ? "" : ", ") + quoted(path_of(tensor->name)) + " is " + layer->name();
  }
  return named > kMost ? text + " and " + std::to_string(named - kMost) + " more" : text;
}

}  // namespace

void append_state_dict(const Model& model, uint64_t steps, std::vector<FileTensor>& tensors) {
  for (const Entry& entry : entries_of(model)) {
    tensors.push_back(tensor_of(entry, entry.first));
    if (!entry.name.ends_with(kVariance)) continue;
    const std::string path = entry.name.substr(0, entry.name.size() - kVariance.size());
    tensors.push_back({path + std::string(kTracked), {}, {static_cast<float>(steps)}});
  }
}

void append_gradients(const Model& model, std::vector<FileTensor>& tensors) {
  const ParameterSlabs& slabs = model.slabs();
  for (const Entry& entry : entries_of(model)) {
    if (entry.buffer) continue;
    const auto place = entry.first - slabs.values().data();
    tensors.push_back(tensor_of(entry, slabs.grads().data() + place));
  }
}

Result<ModelState> read_state_dict(const Model& model, const TensorFile& file,
                                   std::string_view ignored) {
  const std::vector<Entry> entries = entries_of(model);
  if (entries.empty()) return refuse("the model has no weights");
  Result<Match> match = match_by_name(entries, file, ignored);
  std::string matched;
  if (!match) {
    Match other = match_layers(entries, file, ignored);
    if (other.empty()) return match.error();
    matched =
        "The names in the file are of another network, so its layers are matched in order and "
        "by shape: " +
        describe(model, entries, other) + ".";
    match = std::move(other);
  }
  const std::span<const float> values = model.slabs().values(), buffers = model.slabs().buffers();
  ModelState state{{values.begin(), values.end()}, {buffers.begin(), buffers.end()}, matched};
  for (size_t at = 0; at < entries.size(); ++at) {
    const Entry& entry = entries[at];
    const FileTensor& tensor = *(*match)[at];
    if (const std::string fault = fault_of(tensor); !fault.empty()) return refuse(fault);
    float* to = entry.buffer ? state.buffers.data() + (entry.first - buffers.data())
                             : state.values.data() + (entry.first - values.data());
    for (size_t i = 0; i < tensor.values.size(); ++i) to[place_of(entry, i)] = tensor.values[i];
  }
  return state;
}

}  // namespace downhill
