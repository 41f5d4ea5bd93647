#include "nn/network_spec.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/query_text.hpp"
#include "base/text.hpp"

namespace downhill {
namespace {

// Reads the text from left to right. The first thing that is wrong stays.
class NetworkReader {
 public:
  NetworkReader(std::string_view text, const NetworkWords& words) : text_(text), words_(words) {}

  Result<NetworkSpec> read() {
    NetworkSpec layers = read_layers(0);
    if (error_.empty() && at_ < text_.size()) fail("there is no parenthesis to close");
    if (error_.empty() && layers.empty()) fail("there are no layers");
    if (!error_.empty()) return Error{"[model] " + error_};
    return layers;
  }

 private:
  NetworkSpec read_layers(uint32_t depth) {
    NetworkSpec layers;
    for (;;) {
      std::optional<LayerSpec> layer = read_layer(depth);
      if (!error_.empty()) return layers;
      if (layer) layers.push_back(std::move(*layer));
      if (const std::string_view rest = left_over(); !rest.empty()) {
        fail(quoted(rest) + " does not belong to it");
      }
      if (!skip(',')) return layers;
    }
  }

  // Nothing for `drop` where nothing is dropped.
  std::optional<LayerSpec> read_layer(uint32_t depth) {
    begin_ = at_;
    number_ = ++count_;
    const std::string_view name = word();
    LayerSpec layer;
    if (count_ > kMaxLayers) {
      fail("there are more than " + print(uint64_t{kMaxLayers}) + " layers");
    } else if (name == "conv" || name == "linear") {
      read_units(layer, name == "conv");
    } else if (name == "maxpool" || name == "avgpool") {
      layer.kind = name == "maxpool" ? LayerKind::max_pool : LayerKind::avg_pool;
      layer.kernel = number(1, kMaxKernel);
      layer.stride = layer.kernel;
      read_options(layer, "sp");
    } else if (name == "bn" || name == "ln") {
      layer.kind = name == "bn" ? LayerKind::batch_norm : LayerKind::layer_norm;
    } else if (name == "flatten") {
      layer.kind = LayerKind::flatten;
    } else if (name == "dropout" || name == "drop") {
      layer.kind = LayerKind::dropout;
      layer.p = name == "drop" ? words_.dropout : probability();
      if (name == "drop" && layer.p == 0) return std::nullopt;
    } else if (name == "act") {
      layer.kind = LayerKind::activation;
      layer.activation = words_.activation;
    } else if (name == "res") {
      read_residual(layer, depth);
    } else {
      read_activation(layer, name);
    }
    return layer;
  }

  void read_units(LayerSpec& layer, bool conv) {
    layer.kind = conv ? LayerKind::conv : LayerKind::linear;
    if (digit()) layer.units = number(1, kMaxUnits);
    if (conv) {
      if (!skip('k')) return fail("the kernel is missing, as in conv8k3");
      layer.kernel = number(1, kMaxKernel);
    }
    read_options(layer, conv ? "spb" : "b");
  }

  // "s2p1b0", each at most once and in the order of `allowed`.
  void read_options(LayerSpec& layer, std::string_view allowed) {
    for (const char option : allowed) {
      if (!error_.empty() || !skip(option)) continue;
      if (option == 's') layer.stride = number(1, kMaxKernel);
      if (option == 'p') layer.padding = number(0, kMaxKernel);
      if (option == 'b') layer.bias = number(0, 1) != 0;
    }
  }

  void read_residual(LayerSpec& layer, uint32_t depth) {
    layer.kind = LayerKind::residual;
    const size_t begin = begin_;
    const uint32_t number = number_;
    if (depth == kMaxResidualDepth) return fail("residual blocks stand in one another too deep");
    if (!skip('(')) return fail("res needs its layers in parentheses");
    layer.inner = read_layers(depth + 1);
    if (!error_.empty()) return;
    begin_ = begin;
    number_ = number;
    if (!skip(')')) fail("the parenthesis of res is not closed");
    if (error_.empty() && layer.inner.empty()) fail("there are no layers inside");
  }

  void read_activation(LayerSpec& layer, std::string_view name) {
    layer.kind = LayerKind::activation;
    for (size_t i = 0; i < kActivationNames.size(); ++i) {
      if (kActivationNames[i] != name) continue;
      layer.activation = static_cast<ActivationKind>(i);
      return;
    }
    fail(
        "there is no such layer; there are conv, linear, maxpool, avgpool, bn, ln, act, relu, "
        "leakyrelu, sigmoid, tanh, gelu, drop, dropout, flatten and res");
  }

  std::string_view word() {
    const size_t from = at_;
    while (at_ < text_.size() && text_[at_] >= 'a' && text_[at_] <= 'z') {
      ++at_;
      // A name ends where it is complete: the letters behind it are options.
      const std::string_view so_far = text_.substr(from, at_ - from);
      if (so_far == "conv" || so_far == "linear") break;
    }
    return text_.substr(from, at_ - from);
  }

  bool digit() const { return at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; }

  bool skip(char c) {
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  // What stands between a layer and the next sign.
  std::string_view left_over() const {
    const size_t end = std::min(text_.find_first_of(",)", at_), text_.size());
    return text_.substr(at_, end - at_);
  }

  uint32_t number(uint32_t low, uint32_t high) {
    const size_t from = at_;
    while (digit()) ++at_;
    const Result<uint32_t> value = parse_u32(text_.substr(from, at_ - from));
    if (value && *value >= low && *value <= high) return *value;
    fail("the number " + quoted(text_.substr(from, at_ - from)) + " is outside " +
         print(uint64_t{low}) + "…" + print(uint64_t{high}));
    return low;
  }

  float probability() {
    const size_t from = at_;
    while (digit() || (at_ < text_.size() && text_[at_] == '.')) ++at_;
    const Result<float> value = parse_float(text_.substr(from, at_ - from));
    if (value && *value >= 0 && *value < 1) return *value;
    fail("the probability " + quoted(text_.substr(from, at_ - from)) + " is outside 0…0.99");
    return 0;
  }

  void fail(const std::string& what) {
    if (!error_.empty()) return;
    size_t end = begin_;
    while (end < text_.size() && text_[end] != ',' && end - begin_ < 24) ++end;
    error_ = "layer " + print(uint64_t{number_}) + ", " +
             quoted(text_.substr(begin_, end - begin_)) + ": " + what;
  }

  std::string_view text_;
  NetworkWords words_;
  size_t at_ = 0, begin_ = 0;
  uint32_t count_ = 0;   // layers begun
  uint32_t number_ = 0;  // of the layer that is read
  std::string error_;
};

}  // namespace

Result<NetworkSpec> parse_network(std::string_view text, const NetworkWords& words) {
  return NetworkReader(text, words).read();
}

}  // namespace downhill
