// An experiment is a value: data, model, loss, optimizer, schedule, stop rule and seed. Equal specs
// give equal runs, to the bit, on every machine. One table of fields drives the link text, `set`,
// the widgets, validation and fuzzing. This header knows names and ranges; it knows nothing of
// tensors, data or the page.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "data/choices.hpp"
#include "nn/choices.hpp"
#include "nn/network_spec.hpp"
#include "train/model_spec.hpp"
#include "train/stop_rules.hpp"

namespace downhill {

struct ExperimentSpec {
  // The digits to tell apart, each once, two to ten of them. Of two, the first is what the one
  // output of a model says yes to.
  std::string digits = "37";
  uint32_t subset = 0;    // training images, a sample of them; 0: all
  float label_noise = 0;  // this part of the training labels is wrong, 0..0.9
  Augment augment = Augment::none;
  bool normalize = false;  // pixels minus the training set's mean, by its deviation; else 0..1
  ModelSpec model;
  ActivationKind activation = ActivationKind::relu;  // between the layers
  float dropout = 0;  // 0..0.9, behind each hidden layer of an MLP and before the last of lenet
  LossKind loss = LossKind::mnist;
  OptimizerKind optimizer = OptimizerKind::sgd;
  float lr = 0.1f;  // learning rate, kMinLr..kMaxLr
  ScheduleKind schedule = ScheduleKind::constant;
  float momentum = 0.9f;   // 0..0.999; Adam's beta1. sgd has none
  float beta2 = 0.99f;     // 0..0.9999: how slowly rmsprop and Adam forget squared gradients
  float eps = 1e-5f;       // 1e-10..1: what they add to the root, as in fastai
  float weight_decay = 0;  // 0..1
  float clip = 0;          // the gradient's norm is made no larger; 0: never
  uint32_t freeze = 0;     // so many of the first layers of weights do not learn
  uint32_t batch = 256;    // images per step, 1..kMaxBatch
  bool shuffle = true;     // a new order of the training set every epoch
  bool drop_last = false;  // leaves out a last batch that is not full
  InitKind init = InitKind::pytorch;
  uint64_t seed = 1;
  uint32_t epochs = 40;  // 1..kMaxEpochs
  StopSpec stop;
  bool operator==(const ExperimentSpec&) const = default;
};

inline constexpr float kMinLr = 1e-5f;
inline constexpr float kMaxLr = 100.0f;
inline constexpr uint32_t kMaxBatch = 16384;
inline constexpr uint32_t kMaxSubset = 60000;
inline constexpr uint32_t kImageSide = 28;
// What the numbers that a batch becomes on its way through may take, their gradients included.
inline constexpr uint64_t kMaxBatchBytes = uint64_t{96} << 20;

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
  // The values a menu offers, first the default. Empty for numbers. digits, model and stop accept
  // others too.
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
// twice, a value out of range, or a model whose shapes do not fit is refused with a sentence that
// names it. '+' and %XX are decoded, and a leading '#' or '?', as links have it, is skipped.
Result<ExperimentSpec> edit_spec(const ExperimentSpec& base, std::string_view edits);

// Whether every single edit can be read; what has to hold between fields is left open.
Result<void> check_edits(std::string_view edits);

// True when going from `a` to `b` needs a new run: some field with effect `rebuild` differs.
bool needs_rebuild(const ExperimentSpec& a, const ExperimentSpec& b);

// What follows from a spec: the network's layers, the numbers it ends in, its table of layers.
NetworkSpec network_of(const ExperimentSpec& spec);
uint32_t output_count(const ExperimentSpec& spec);
// Precondition: `spec` comes from edit_spec().
std::vector<LayerSummary> layer_table(const ExperimentSpec& spec);

// Batch norm needs more than one number per channel to have a variance, as torch says too: refused
// where a batch of so few images leaves it one.
Result<void> check_smallest_batch(std::span<const LayerSummary> table, uint32_t images);

}  // namespace downhill
