// An experiment is a value: data, model, loss, optimizer, stop rule and seed. Equal specs give
// equal runs, to the bit, on every machine. One table of fields drives the link text, `set`, the
// widgets, validation and fuzzing. This header knows names and ranges; it knows nothing of tensors,
// data or the page.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "nn/choices.hpp"

namespace downhill {

// `hidden` holds the widths of the ReLU layers between the 784 pixels and the one output.
// Text: "linear" (none), "mlp:30", "mlp:128,64".
struct ModelSpec {
  std::vector<uint32_t> hidden;
  bool operator==(const ModelSpec&) const = default;
};

// When to stop, besides the number of epochs. 0 turns a rule off. A loss that is not finite always
// stops. Text: "none" or any of "target:0.98,patience:5,time:60".
struct StopSpec {
  float target_accuracy = 0;  // stop when the validation accuracy reaches it, 0 < target <= 1
  uint32_t patience = 0;      // epochs without a better validation loss, 1..1000
  float seconds = 0;          // training time, 0 < seconds <= 86400
  bool operator==(const StopSpec&) const = default;
};

struct ExperimentSpec {
  std::string digits = "37";
  ModelSpec model{{30}};
  LossKind loss = LossKind::mnist;
  OptimizerKind optimizer = OptimizerKind::sgd;
  float lr = 0.1f;       // learning rate, kMinLr..kMaxLr
  uint32_t batch = 256;  // images per step, 1..kMaxBatch
  bool shuffle = true;   // a new order of the training set every epoch
  InitKind init = InitKind::pytorch;
  uint64_t seed = 1;
  uint32_t epochs = 40;  // 1..kMaxEpochs
  StopSpec stop;
  bool operator==(const ExperimentSpec&) const = default;
};

inline constexpr float kMinLr = 1e-5f;
inline constexpr float kMaxLr = 100.0f;
inline constexpr uint32_t kMaxBatch = 16384;
inline constexpr uint32_t kMaxEpochs = 1000;
inline constexpr uint32_t kMaxHiddenLayers = 6;
inline constexpr uint32_t kMaxHiddenWidth = 512;

// What a change of a field does to a run that is under way.
enum class FieldEffect : uint8_t {
  live,     // acts from the next step on
  rebuild,  // the run starts again from its first step, with the new spec
};

struct SpecField {
  std::string_view name;   // in links, `set` and files: "lr"
  std::string_view label;  // on screen: "Learning rate"
  std::string_view help;   // one sentence, shown on hover
  FieldEffect effect;
  // The values a menu offers, first the default. Empty for numbers. `free` fields accept others
  // too.
  std::span<const std::string_view> choices;
  std::string (*print)(const ExperimentSpec&);
  Result<void> (*parse)(ExperimentSpec&, std::string_view text);
};

// All fields in the order of the link text.
std::span<const SpecField> spec_fields();
const SpecField* find_spec_field(std::string_view name);

// "digits=37&model=mlp:30&loss=mnist&…": every field, so that a link means the same in a later
// version.
std::string print_spec(const ExperimentSpec& spec);

// `base` with the edits of "lr=0.5&seed=3" applied, all or none: an unknown field, a field given
// twice or a value out of range is refused with a sentence that names it. '+' and %XX are decoded,
// and a leading '#' or '?', as links have it, is skipped.
Result<ExperimentSpec> edit_spec(const ExperimentSpec& base, std::string_view edits);

// True when going from `a` to `b` needs a new run: some field with effect `rebuild` differs.
bool needs_rebuild(const ExperimentSpec& a, const ExperimentSpec& b);

}  // namespace downhill
