#include "train/experiment_spec.hpp"

#include <array>

#include "train/spec_values.hpp"

namespace downhill {
namespace {

using namespace spec_values;
using Spec = ExperimentSpec;
using Text = std::string_view;
constexpr FieldEffect kRebuild = FieldEffect::rebuild, kLive = FieldEffect::live;

constexpr std::array<Text, 3> kDigits = {"37", "49", "0123456789"};
constexpr std::array<Text, 7> kModels = {"mlp:30", "linear",  "mlp:10", "mlp:128,64",
                                         "conv",   "resconv", "lenet"};
constexpr std::array<Text, 4> kStops = {"none", "target:0.98", "patience:5", "time:60"};

Result<void> parse_digits(Spec& spec, Text text) {
  std::array<bool, 10> seen{};
  for (const char c : text) {
    if (c < '0' || c > '9' || seen[static_cast<size_t>(c - '0')]) {
      return refuse("digits", quoted(text) + " is not a list of digits, each once, like 37");
    }
    seen[static_cast<size_t>(c - '0')] = true;
  }
  if (text.size() < 2) {
    return refuse("digits", quoted(text) + ": at least two digits are needed to tell them apart");
  }
  spec.digits = text;
  return {};
}

constexpr SpecField kFields[] = {
    {"digits", "Digits", "Which handwritten digits the model learns to tell apart.", kRebuild,
     kDigits, [](const Spec& s) { return s.digits; }, parse_digits},
    {"subset",
     "Training images",
     "How many images the model learns from, a sample of them all; 0 is all.",
     kRebuild,
     {},
     [](const Spec& s) { return print(uint64_t{s.subset}); },
     [](Spec& s, Text text) { return parse_count("subset", text, 0, kMaxSubset, s.subset); }},
    {"noise",
     "Wrong labels",
     "This part of the training labels is made wrong: what does a model learn from lies?",
     kRebuild,
     {},
     [](const Spec& s) { return print(s.label_noise); },
     [](Spec& s, Text text) { return parse_number("noise", text, 0, 0.9f, s.label_noise); }},
    {"augment", "Augmentation",
     "What happens to a training image each time it is seen, so that it is never twice the same.",
     kRebuild, kAugmentNames, [](const Spec& s) { return print_choice(kAugmentNames, s.augment); },
     [](Spec& s, Text text) { return parse_choice("augment", text, kAugmentNames, s.augment); }},
    {"normalize", "Normalize",
     "Subtract the mean of all pixels and divide by their deviation, so that they lie around 0.",
     kRebuild, kUntruths, [](const Spec& s) { return print_truth(s.normalize); },
     [](Spec& s, Text text) { return parse_truth("normalize", text, s.normalize); }},
    {"model", "Model",
     "What turns 784 pixels into an answer: one weighted sum, hidden layers, or convolutions.",
     kRebuild, kModels, [](const Spec& s) { return print_model(s.model); },
     [](Spec& s, Text text) -> Result<void> {
       Result<ModelSpec> model = parse_model(text);
       if (!model) return model.error();
       s.model = std::move(*model);
       return {};
     }},
    {"activation", "Activation", "The bend between two layers. Without one, many layers are one.",
     kRebuild, kActivationNames,
     [](const Spec& s) { return print_choice(kActivationNames, s.activation); },
     [](Spec& s, Text text) {
       return parse_choice("activation", text, kActivationNames, s.activation);
     }},
    {"dropout",
     "Dropout",
     "While training, this part of a hidden layer's numbers is set to zero, others each time.",
     kRebuild,
     {},
     [](const Spec& s) { return print(s.dropout); },
     [](Spec& s, Text text) { return parse_number("dropout", text, 0, 0.9f, s.dropout); }},
    {"loss", "Loss", "The number that training makes small.", kRebuild, kLossNames,
     [](const Spec& s) { return print_choice(kLossNames, s.loss); },
     [](Spec& s, Text text) { return parse_choice("loss", text, kLossNames, s.loss); }},
    {"optimizer", "Optimizer", "How a gradient becomes a step of the weights.", kRebuild,
     kOptimizerNames, [](const Spec& s) { return print_choice(kOptimizerNames, s.optimizer); },
     [](Spec& s, Text text) {
       return parse_choice("optimizer", text, kOptimizerNames, s.optimizer);
     }},
    {"lr",
     "Learning rate",
     "How far one step goes: each weight moves by this times its gradient.",
     kLive,
     {},
     [](const Spec& s) { return print(s.lr); },
     [](Spec& s, Text text) { return parse_number("lr", text, kMinLr, kMaxLr, s.lr); }},
    {"schedule", "Schedule", "How the learning rate changes on its own during the run.", kLive,
     kScheduleNames, [](const Spec& s) { return print_choice(kScheduleNames, s.schedule); },
     [](Spec& s, Text text) { return parse_choice("schedule", text, kScheduleNames, s.schedule); }},
    {"momentum",
     "Momentum",
     "How much of the last steps goes on into the next one.",
     kLive,
     {},
     [](const Spec& s) { return print(s.momentum); },
     [](Spec& s, Text text) { return parse_number("momentum", text, 0, 0.999f, s.momentum); }},
    {"beta2",
     "Beta 2",
     "How slowly the average of squared gradients forgets.",
     kRebuild,
     {},
     [](const Spec& s) { return print(s.beta2); },
     [](Spec& s, Text text) { return parse_number("beta2", text, 0, 0.9999f, s.beta2); }},
    {"eps",
     "Epsilon",
     "Added where a gradient is divided by its size, so that tiny ones do not become huge steps.",
     kRebuild,
     {},
     [](const Spec& s) { return print(s.eps); },
     [](Spec& s, Text text) { return parse_number("eps", text, 1e-10f, 1, s.eps); }},
    {"wd",
     "Weight decay",
     "Every step also makes all weights a little smaller.",
     kLive,
     {},
     [](const Spec& s) { return print(s.weight_decay); },
     [](Spec& s, Text text) { return parse_number("wd", text, 0, 1, s.weight_decay); }},
    {"clip",
     "Clip",
     "A gradient longer than this is shortened to it before the step; 0 never.",
     kLive,
     {},
     [](const Spec& s) { return print(s.clip); },
     [](Spec& s, Text text) { return parse_number("clip", text, 0, 1000, s.clip); }},
    {"freeze",
     "Frozen layers",
     "So many of the first layers keep their weights as they are.",
     kLive,
     {},
     [](const Spec& s) { return print(uint64_t{s.freeze}); },
     [](Spec& s, Text text) { return parse_count("freeze", text, 0, kMaxLayers, s.freeze); }},
    {"batch",
     "Batch size",
     "How many images one step looks at.",
     kRebuild,
     {},
     [](const Spec& s) { return print(uint64_t{s.batch}); },
     [](Spec& s, Text text) { return parse_count("batch", text, 1, kMaxBatch, s.batch); }},
    {"shuffle", "Shuffle", "Whether every epoch goes through the training images in a new order.",
     kRebuild, kTruths, [](const Spec& s) { return print_truth(s.shuffle); },
     [](Spec& s, Text text) { return parse_truth("shuffle", text, s.shuffle); }},
    {"droplast", "Drop last", "Whether a last batch that is not full is left out.", kRebuild,
     kUntruths, [](const Spec& s) { return print_truth(s.drop_last); },
     [](Spec& s, Text text) { return parse_truth("droplast", text, s.drop_last); }},
    {"init", "First weights", "The values that training starts from.", kRebuild, kInitNames,
     [](const Spec& s) { return print_choice(kInitNames, s.init); },
     [](Spec& s, Text text) { return parse_choice("init", text, kInitNames, s.init); }},
    {"seed",
     "Seed",
     "The number that all chance comes from: the same seed gives the same run, to the bit.",
     kRebuild,
     {},
     [](const Spec& s) { return print(s.seed); },
     [](Spec& s, Text text) -> Result<void> {
       const Result<uint64_t> number = parse_u64(text);
       if (!number) return refuse("seed", quoted(text) + " is outside 0…" + print(UINT64_MAX));
       s.seed = *number;
       return {};
     }},
    {"epochs",
     "Epochs",
     "How often training goes through all images before it stops.",
     kLive,
     {},
     [](const Spec& s) { return print(uint64_t{s.epochs}); },
     [](Spec& s, Text text) { return parse_count("epochs", text, 1, kMaxEpochs, s.epochs); }},
    {"stop", "Stop early", "Rules that end training before its last epoch.", kLive, kStops,
     [](const Spec& s) { return print_stop(s.stop); },
     [](Spec& s, Text text) -> Result<void> {
       const Result<StopSpec> stop = parse_stop(text);
       if (!stop) return stop.error();
       s.stop = *stop;
       return {};
     }},
};

}  // namespace

std::span<const SpecField> spec_fields() { return kFields; }

const SpecField* find_spec_field(std::string_view name) {
  for (const SpecField& field : kFields) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

}  // namespace downhill
