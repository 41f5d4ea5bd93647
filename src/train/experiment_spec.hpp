// An experiment is a value: data, model, loss, optimizer, schedule, stop rule and seed. Equal specs
// give equal runs, to the bit, on every machine. A field is a member here and a row in
// experiment_spec.cpp; links, `set`, validation, the sheet, documents, random tests and fuzzing
// follow from the row. Knows names and ranges, and nothing of tensors, data or the page.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/typed_number.hpp"
#include "data/choices.hpp"
#include "data/image_size.hpp"
#include "nn/choices.hpp"
#include "nn/network_spec.hpp"
#include "train/model_spec.hpp"
#include "train/stop_rules.hpp"

namespace downhill {

struct ExperimentSpec {
  DataKind data = DataKind::digits;
  // The digits to tell apart, each once, two to ten of them. A single output says yes to the first.
  std::string digits = "37";
  uint32_t subset = 0;    // training images, a sample of them; 0: all
  float label_noise = 0;  // this part of the training labels is wrong, 0..0.9
  Augment augment = Augment::none;
  bool normalize = false;  // (pixels - mean) / deviation of the training set; else pixels are 0..1
  ModelSpec model;
  ActivationKind activation = ActivationKind::relu;  // between the layers
  float dropout = 0;  // 0..0.9, after each hidden layer of an MLP and before the last of lenet
  LossKind loss = LossKind::mnist;
  OptimizerKind optimizer = OptimizerKind::sgd;
  float lr = 0.1f;  // learning rate, kMinLr..kMaxLr
  ScheduleKind schedule = ScheduleKind::constant;
  float momentum = 0.9f;   // 0..0.999; Adam's beta1. sgd has none
  float beta2 = 0.99f;     // 0..0.9999: how slowly rmsprop and Adam forget squared gradients
  float eps = 1e-5f;       // 1e-10..1: what they add to the root; the default is fastai's
  float weight_decay = 0;  // 0..1
  float clip = 0;          // the gradient's norm is scaled down to this; 0: never
  uint32_t freeze = 0;     // this many of the first layers of weights do not learn
  uint32_t batch = 256;    // images per step, 1..kMaxBatch
  bool shuffle = true;     // a new order of the training set every epoch
  bool drop_last = false;  // leaves out a last batch that is not full
  InitKind init = InitKind::pytorch;
  uint64_t seed = 1;
  uint32_t epochs = 40;  // 1..kMaxEpochs
  StopSpec stop;
  Fault fault = Fault::none;  // a mistake of the loop, made on purpose
  bool operator==(const ExperimentSpec&) const = default;
};

inline constexpr float kMinLr = 1e-5f;
inline constexpr float kMaxLr = 100.0f;
inline constexpr uint32_t kMaxBatch = 16384;
inline constexpr uint32_t kMaxSubset = 60000;
// The memory that activations of a batch and their gradients may take.
inline constexpr uint64_t kMaxBatchBytes = uint64_t{96} << 20;

// What a change of a field does to a run in progress.
enum class FieldEffect : uint8_t {
  live,     // takes effect at the next step
  rebuild,  // the run starts again from its first step, with the new spec
};

// The part of the sheet where a field is shown.
enum class FieldGroup : uint8_t { data, model, loss, optimizer, schedule, training };

enum class FieldKind : uint8_t {
  number,   // from `low` to `high`
  count,    // a whole number from `least` to `most`
  choice,   // one of `choices`
  truth,    // true or false
  grammar,  // text of its own form, which `values` describes
};

struct SpecField {
  std::string_view name;   // in links, `set` and files: "lr"
  std::string_view label;  // on screen: "Learning rate"
  std::string_view help;   // one sentence, shown on hover and in web/README.md
  FieldEffect effect = FieldEffect::rebuild;
  FieldGroup group = FieldGroup::training;
  // False where the field does nothing, so that the sheet leaves it out. Null: always true.
  bool (*used)(const ExperimentSpec&) = nullptr;
  std::string_view zero = {};    // on screen in place of 0: "all"
  std::string_view values = {};  // of a grammar, as web/README.md says it

  FieldKind kind = FieldKind::grammar;
  // What a menu offers, the default first. A grammar accepts more than these.
  std::span<const ChoiceWords> choices = {};
  float low = 0, high = 0;
  uint64_t least = 0, most = 0;
  std::string (*print)(const ExperimentSpec&) = nullptr;
  Result<void> (*read)(const SpecField&, ExperimentSpec&, std::string_view) = nullptr;

  Result<void> parse(ExperimentSpec& spec, std::string_view text) const {
    return read(*this, spec, trimmed(text));
  }
};

// All fields in the order of the link text.
std::span<const SpecField> spec_fields();
const SpecField* find_spec_field(std::string_view name);

// "digits=37&model=mlp:30&loss=mnist&…": every field, so that a link means the same in a later
// version.
std::string print_spec(const ExperimentSpec& spec);

// `base` with the edits of "lr=0.5&seed=3" applied, all or none: an unknown field, a field given
// twice, a value out of range, or a model or loss that does not fit the data is refused with a
// sentence that names it. Other data bring what is usual for them (DataRow::usual), and the other
// edits come after that. '+' and %XX are decoded, and a leading '#' or '?' is skipped.
Result<ExperimentSpec> edit_spec(const ExperimentSpec& base, std::string_view edits,
                                 ImageSize images = kMnistSize);

// Gives the fields that depend on the data the values that are usual for spec.data.
void take_usual(ExperimentSpec& spec);

// Whether every single edit can be read. Does not check what has to hold between fields.
Result<void> check_edits(std::string_view edits);

// True if going from `a` to `b` needs a new run: some field with effect `rebuild` differs.
bool needs_rebuild(const ExperimentSpec& a, const ExperimentSpec& b);

// What follows from a spec: the shape of one item, [rows, columns, 1] or [numbers], the network's
// layers, the number of outputs, the table of layers.
Shape input_shape(const ExperimentSpec& spec, ImageSize images = kMnistSize);
NetworkSpec network_of(const ExperimentSpec& spec);
uint32_t output_count(const ExperimentSpec& spec);
// Precondition: `spec` comes from edit_spec().
std::vector<LayerSummary> layer_table(const ExperimentSpec& spec, ImageSize images = kMnistSize);

// Batch norm needs more than one number per channel to have a variance, as PyTorch says too.
// Refused if a batch of so few images leaves it one.
Result<void> check_smallest_batch(std::span<const LayerSummary> table, uint32_t images);

}  // namespace downhill
