#include "nn/network_spec.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/query_text.hpp"
#include "base/text.hpp"
#include "base/typed_number.hpp"

namespace downhill {
namespace {

// What the experiment says, wherever a layer may be.
constexpr std::string_view kExperimentActivation = "act", kExperimentDropout = "drop";

// Reads the text from left to right and keeps the first error.
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

  // Nothing for `drop` if nothing is dropped.
  std::optional<LayerSpec> read_layer(uint32_t depth) {
    begin_ = at_;
    number_ = ++count_;
    const std::string_view name = word();
    LayerSpec layer;
    if (count_ > kMaxLayers) {
      fail("there are more than " + print(uint64_t{kMaxLayers}) + " layers");
    } else if (name == kExperimentActivation) {
      layer = {.kind = LayerKind::activation, .activation = words_.activation};
    } else if (name == kExperimentDropout) {
      layer = {.kind = LayerKind::dropout, .p = words_.dropout};
      if (layer.p == 0) return std::nullopt;
    } else if (const ActivationRow* activation = kActivations.find(name)) {
      layer = {.kind = LayerKind::activation, .activation = activation->kind};
    } else if (const LayerRow* row = kLayers.find(name); row != nullptr && !name.empty()) {
      layer.kind = row->kind;
      read_parts(layer, row->parts, depth);
    } else {
      std::string all;
      for (const std::string_view known : layer_words()) {
        all += (all.empty() ? "" : ", ") + std::string(known);
      }
      fail("there is no such layer; there are " + all);
    }
    return layer;
  }

  // What follows the word of a layer; LayerRow::parts says what the letters mean.
  void read_parts(LayerSpec& layer, std::string_view parts, uint32_t depth) {
    for (const char part : parts) {
      if (!error_.empty()) return;
      if (part == 'u' && digit()) layer.units = number(1, kMaxUnits);
      if (part == 'k' && !skip('k')) return fail("the kernel is missing, as in conv8k3");
      if (part == 'k' || part == 'w') layer.kernel = number(1, kMaxKernel);
      if (part == 'w') layer.stride = layer.kernel;
      if (part == 's' && skip('s')) layer.stride = number(1, kMaxKernel);
      if (part == 'p' && skip('p')) layer.padding = number(0, kMaxKernel);
      if (part == 'b' && skip('b')) layer.bias = number(0, 1) != 0;
      if (part == 'q') layer.p = probability();
      if (part == '(') read_inner(layer, depth);
    }
  }

  void read_inner(LayerSpec& layer, uint32_t depth) {
    const size_t begin = begin_;
    const uint32_t number = number_;
    if (depth == kMaxResidualDepth) return fail("residual blocks are nested too deeply");
    if (!skip('(')) return fail("res needs its layers in parentheses");
    layer.inner = read_layers(depth + 1);
    if (!error_.empty()) return;
    begin_ = begin;
    number_ = number;
    if (!skip(')')) fail("the parenthesis of res is not closed");
    if (error_.empty() && layer.inner.empty()) fail("there are no layers inside");
  }

  std::string_view word() {
    const size_t from = at_;
    while (at_ < text_.size() && text_[at_] >= 'a' && text_[at_] <= 'z') {
      ++at_;
      // The units may be left out, so a letter may follow at once: "convk3", "linearb0".
      const LayerRow* row = kLayers.find(text_.substr(from, at_ - from));
      if (row != nullptr && row->parts.starts_with('u')) break;
    }
    return text_.substr(from, at_ - from);
  }

  bool digit() const { return at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9'; }

  bool skip(char c) {
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }

  // The text between a layer and the next comma or parenthesis.
  std::string_view left_over() const {
    const size_t end = std::min(text_.find_first_of(",)", at_), text_.size());
    return text_.substr(at_, end - at_);
  }

  uint32_t number(uint32_t low, uint32_t high) {
    const size_t from = at_;
    while (digit()) ++at_;
    const Result<uint64_t> value = typed_count(text_.substr(from, at_ - from), low, high);
    if (value) return static_cast<uint32_t>(*value);
    fail(value.error().message);
    return low;
  }

  float probability() {
    const size_t from = at_;
    while (digit() || (at_ < text_.size() && text_[at_] == '.')) ++at_;
    const Result<float> value = typed_number(text_.substr(from, at_ - from), 0, 0.99f);
    if (value) return *value;
    fail("the probability: " + value.error().message);
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
  uint32_t number_ = 0;  // of the layer being read
  std::string error_;
};

}  // namespace

Result<NetworkSpec> parse_network(std::string_view text, const NetworkWords& words) {
  return NetworkReader(text, words).read();
}

std::vector<std::string_view> layer_words() {
  std::vector<std::string_view> words;
  for (const LayerRow& row : kLayers) {
    if (!row.words.word.empty()) words.push_back(row.words.word);
  }
  for (const ActivationRow& row : kActivations) words.push_back(row.words.word);
  words.insert(words.end(), {kExperimentActivation, kExperimentDropout});
  return words;
}

}  // namespace downhill
