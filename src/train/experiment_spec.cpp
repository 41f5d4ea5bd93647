#include "train/experiment_spec.hpp"

#include <array>

#include "train/spec_values.hpp"

namespace downhill {
namespace {

using namespace spec_values;
using Spec = ExperimentSpec;
using Text = std::string_view;
using enum FieldEffect;
using enum FieldGroup;

constexpr std::array<ChoiceWords, 3> kDigits = {
    {{"37", "3 and 7"}, {"49", "4 and 9"}, {"0123456789", "all ten"}}};
constexpr std::array<ChoiceWords, 6> kUsualModels = {
    {{"mlp:30", "MLP 30", "the book's simple net: one hidden layer"},
     {"linear", "linear", "one weighted sum per output"},
     {"mlp:128,64", "MLP 128, 64", "two hidden layers"},
     {"conv", "conv", "the article's five convolutions with batch norm"},
     {"resconv", "residual conv", "the article's residual version"},
     {"lenet", "LeNet", "two convolutions and two pools"}}};
constexpr std::array<ChoiceWords, 4> kStops = {
    {{"none"}, {"target:0.98"}, {"patience:5"}, {"time:60"}}};

Result<void> read_digits(const SpecField& field, Spec& spec, Text text) {
  std::array<bool, 10> seen{};
  for (const char c : text) {
    if (c < '0' || c > '9' || seen[static_cast<size_t>(c - '0')]) {
      return refuse(field.name, quoted(text) + " is not a list of digits, each once, like 37");
    }
    seen[static_cast<size_t>(c - '0')] = true;
  }
  if (text.size() < 2) {
    return refuse(field.name, quoted(text) + ": at least two digits are needed to tell them apart");
  }
  spec.digits = text;
  return {};
}

Result<void> read_model(const SpecField&, Spec& spec, Text text) {
  Result<ModelSpec> model = parse_model(text);
  if (!model) return model.error();
  spec.model = std::move(*model);
  return {};
}

Result<void> read_stop(const SpecField&, Spec& spec, Text text) {
  const Result<StopSpec> stop = parse_stop(text);
  if (!stop) return stop.error();
  spec.stop = *stop;
  return {};
}

bool uses_activation(const Spec& s) { return kModels[s.model.kind].activation; }
bool uses_dropout(const Spec& s) { return kModels[s.model.kind].dropout; }
bool uses_momentum(const Spec& s) { return !kOptimizers[s.optimizer].momentum.empty(); }
bool uses_squares(const Spec& s) { return !kOptimizers[s.optimizer].squares.empty(); }

bool shows_images(const Spec& s) { return !has_points(s.data); }

constexpr SpecField kFields[] = {
    choice<&Spec::data, kData>({.name = "data",
                                .label = "Data",
                                .help = "What the model learns from. Other data bring a model, a "
                                        "loss and a learning rate that suit them.",
                                .effect = rebuild,
                                .group = data}),
    {.name = "digits",
     .label = "Digits",
     .help = "Which handwritten digits the model learns to tell apart.",
     .effect = rebuild,
     .group = data,
     .used = shows_images,
     .values = "each once, two at least: `37`, `49`, `0123456789` …",
     .choices = kDigits,
     .print = [](const Spec& s) { return s.digits; },
     .read = read_digits},
    count<&Spec::subset>(
        0, kMaxSubset,
        {.name = "subset",
         .label = "Training images",
         .help = "How many images the model learns from, a sample of them all; 0 is all.",
         .effect = rebuild,
         .group = data,
         .zero = "all"}),
    number<&Spec::label_noise>(0, 0.9f,
                               {.name = "noise",
                                .label = "Wrong labels",
                                .help = "This share of the training labels is wrong on purpose: "
                                        "what does a model learn from them?",
                                .effect = rebuild,
                                .group = data,
                                .used = shows_images}),
    choice<&Spec::augment, kAugments>(
        {.name = "augment",
         .label = "Augmentation",
         .help = "What happens to a training image each time it is seen, so that it is never the "
                 "same twice.",
         .effect = rebuild,
         .group = data,
         .used = shows_images}),
    truth<&Spec::normalize>(
        false,
        {.name = "normalize",
         .label = "Normalize",
         .help = "Subtract the mean of all pixels and divide by their deviation, so that they lie "
                 "around 0; of points each column alone.",
         .effect = rebuild,
         .group = data}),
    {.name = "model",
     .label = "Model",
     .help =
         "What turns the pixels into an answer: one weighted sum, hidden layers, or convolutions.",
     .effect = rebuild,
     .group = model,
     .values = "the word of a model, below",
     .choices = kUsualModels,
     .print = [](const Spec& s) { return print_model(s.model); },
     .read = read_model},
    choice<&Spec::activation, kActivations>(
        {.name = "activation",
         .label = "Activation",
         .help = "The nonlinear function between two layers. Without one, many layers are no more "
                 "than one.",
         .effect = rebuild,
         .group = model,
         .used = uses_activation}),
    number<&Spec::dropout>(
        0, 0.9f,
        {.name = "dropout",
         .label = "Dropout",
         .help = "During training this share of a hidden layer's numbers is set to zero, different "
                 "ones each time.",
         .effect = rebuild,
         .group = model,
         .used = uses_dropout}),
    choice<&Spec::loss, kLosses>(
        {.name = "loss",
         .label = "Loss",
         .help = "The number that training minimizes: how wrong the model is.",
         .effect = rebuild,
         .group = loss}),
    choice<&Spec::optimizer, kOptimizers>({.name = "optimizer",
                                           .label = "Optimizer",
                                           .help = "How a gradient becomes a step of the weights.",
                                           .effect = rebuild,
                                           .group = optimizer}),
    number<&Spec::lr>(
        kMinLr, kMaxLr,
        {.name = "lr",
         .label = "Learning rate",
         .help = "The factor between the gradient and the step that the weights take.",
         .effect = live,
         .group = optimizer}),
    choice<&Spec::schedule, kSchedules>(
        {.name = "schedule",
         .label = "Schedule",
         .help = "How the learning rate changes by itself during the run.",
         .effect = live,
         .group = schedule}),
    number<&Spec::momentum>(0, 0.999f,
                            {.name = "momentum",
                             .label = "Momentum",
                             .help = "How much of the last steps carries over into the next one; "
                                     "Adam's beta 1.",
                             .effect = live,
                             .group = optimizer,
                             .used = uses_momentum}),
    number<&Spec::beta2>(0, 0.9999f,
                         {.name = "beta2",
                          .label = "Beta 2",
                          .help = "How slowly the average of squared gradients forgets.",
                          .effect = rebuild,
                          .group = optimizer,
                          .used = uses_squares}),
    number<&Spec::eps>(
        1e-10f, 1,
        {.name = "eps",
         .label = "Epsilon",
         .help = "Added where a gradient is divided by its size, so that tiny ones do not become "
                 "huge steps.",
         .effect = rebuild,
         .group = optimizer,
         .used = uses_squares}),
    number<&Spec::weight_decay>(0, 1,
                                {.name = "wd",
                                 .label = "Weight decay",
                                 .help = "Every step also moves all weights a little towards 0.",
                                 .effect = live,
                                 .group = optimizer}),
    number<&Spec::clip>(0, 1000,
                        {.name = "clip",
                         .label = "Clip",
                         .help = "A gradient whose L2 norm is larger is scaled down to this norm "
                                 "before the step; 0: never.",
                         .effect = live,
                         .group = optimizer,
                         .zero = "never"}),
    count<&Spec::freeze>(0, kMaxLayers,
                         {.name = "freeze",
                          .label = "Frozen layers",
                          .help = "This many of the first layers keep their weights as they are.",
                          .effect = live,
                          .group = optimizer}),
    count<&Spec::batch>(1, kMaxBatch,
                        {.name = "batch",
                         .label = "Batch size",
                         .help = "How many images the gradient of one step is the mean over.",
                         .effect = rebuild,
                         .group = training}),
    truth<&Spec::shuffle>(
        true, {.name = "shuffle",
               .label = "Shuffle",
               .help = "Whether every epoch goes through the training images in a new order.",
               .effect = rebuild,
               .group = training}),
    truth<&Spec::drop_last>(false, {.name = "droplast",
                                    .label = "Drop last",
                                    .help = "Whether a last batch that is not full is left out.",
                                    .effect = rebuild,
                                    .group = training}),
    choice<&Spec::init, kInits>({.name = "init",
                                 .label = "Initial weights",
                                 .help = "How the initial weights are drawn.",
                                 .effect = rebuild,
                                 .group = loss}),
    count<&Spec::seed>(
        0, UINT64_MAX,
        {.name = "seed",
         .label = "Seed",
         .help =
             "The number that all randomness comes from: the same seed gives the same run, to the "
             "bit.",
         .effect = rebuild,
         .group = training}),
    count<&Spec::epochs>(
        1, kMaxEpochs,
        {.name = "epochs",
         .label = "Epochs",
         .help = "How many times training goes through all training images before it stops.",
         .effect = live,
         .group = training}),
    {.name = "stop",
     .label = "Stop early",
     .help = "Rules that end training before its last epoch.",
     .effect = live,
     .group = training,
     .values = "`none`, or any of `target:0.98,patience:5,time:60`",
     .choices = kStops,
     .print = [](const Spec& s) { return print_stop(s.stop); },
     .read = read_stop},
    choice<&Spec::fault, kFaults>(
        {.name = "fault",
         .label = "Fault",
         .help = "A classic mistake, made on purpose: see what it does to the run.",
         .effect = rebuild,
         .group = training}),
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
