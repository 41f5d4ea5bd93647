#include "nn/state_dict.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "base/query_text.hpp"
#include "base/text.hpp"

namespace downhill {
namespace {

// One tensor of a state_dict, and where its numbers are in a slab of the model.
struct Entry {
  std::string name;
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
    entries.push_back({path + ".weight", torch_shape(*layer), &layer->layout(),
                       layer->weight().value.data, false});
    if (layer->bias() != nullptr) {
      entries.push_back(
          {path + ".bias", {layer->layout().units}, nullptr, layer->bias()->value.data, false});
    }
    // A buffer is named after its layer: "norm1.running_mean".
    for (const Buffer& buffer : buffers) {
      if (!buffer.name.starts_with(layer->name() + ".")) continue;
      entries.push_back({path + buffer.name.substr(layer->name().size()),
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

}  // namespace

void append_state_dict(const Model& model, uint64_t steps, std::vector<FileTensor>& tensors) {
  for (const Entry& entry : entries_of(model)) {
    FileTensor& tensor = tensors.emplace_back(FileTensor{entry.name, entry.shape, {}});
    tensor.values.resize(size_of(entry));
    for (size_t i = 0; i < tensor.values.size(); ++i) {
      tensor.values[i] = entry.first[place_of(entry, i)];
    }
    if (!entry.name.ends_with(kVariance)) continue;
    const std::string path = entry.name.substr(0, entry.name.size() - kVariance.size());
    tensors.push_back({path + std::string(kTracked), {}, {static_cast<float>(steps)}});
  }
}

Result<ModelState> read_state_dict(const Model& model, const TensorFile& file,
                                   std::string_view ignored) {
  const std::vector<Entry> entries = entries_of(model);
  if (entries.empty()) return refuse("the model has no weights");
  const std::string prefix = common_prefix(file, entries.front().name);
  const std::span<const float> values = model.slabs().values(), buffers = model.slabs().buffers();
  ModelState state{{values.begin(), values.end()}, {buffers.begin(), buffers.end()}};
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
    if (const std::string fault = fault_of(*tensor); !fault.empty()) return refuse(fault);
    float* to = entry.buffer ? state.buffers.data() + (entry.first - buffers.data())
                             : state.values.data() + (entry.first - values.data());
    for (size_t i = 0; i < tensor->values.size(); ++i) to[place_of(entry, i)] = tensor->values[i];
  }
  for (const FileTensor& tensor : file.tensors) {
    if (!ignored.empty() && tensor.name.starts_with(ignored)) continue;
    if (tensor.name.ends_with(kTracked)) continue;
    const auto wanted = [&](const Entry& entry) { return prefix + entry.name == tensor.name; };
    if (std::ranges::any_of(entries, wanted)) continue;
    return refuse("the model has no place for tensor " + quoted(tensor.name));
  }
  return state;
}

}  // namespace downhill
