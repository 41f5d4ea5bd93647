#include "train/experiment_spec.hpp"

#include <array>
#include <utility>

#include "base/query_text.hpp"
#include "base/text.hpp"

namespace downhill {
namespace {

Error refuse(std::string_view field, const std::string& what) {
  return Error{"[" + std::string(field) + "] " + what};
}

Error out_of_range(std::string_view field, std::string_view text, const std::string& low,
                   const std::string& high) {
  return refuse(field, quoted(text) + " is outside " + low + "…" + high);
}

Error refuse_choice(std::string_view field, std::string_view text,
                    std::span<const std::string_view> names) {
  std::string list;
  for (std::string_view name : names) list += (list.empty() ? "" : ", ") + std::string(name);
  return refuse(field, quoted(text) + (names.size() == 1 ? " is not " : " is none of ") + list);
}

template <class Enum, size_t N>
Result<void> parse_choice(std::string_view field, std::string_view text,
                          const std::array<std::string_view, N>& names, Enum& out) {
  for (size_t i = 0; i < N; ++i) {
    if (names[i] != text) continue;
    out = static_cast<Enum>(i);
    return {};
  }
  return refuse_choice(field, text, names);
}

template <class Enum, size_t N>
std::string print_choice(const std::array<std::string_view, N>& names, Enum value) {
  return std::string(names[static_cast<size_t>(value)]);
}

Result<void> parse_count(std::string_view field, std::string_view text, uint32_t low, uint32_t high,
                         uint32_t& out) {
  const Result<uint64_t> number = parse_u64(text);
  if (!number || *number < low || *number > high) {
    return out_of_range(field, text, print(uint64_t{low}), print(uint64_t{high}));
  }
  out = static_cast<uint32_t>(*number);
  return {};
}

// `low` itself is allowed only when `inclusive`. NaN is outside every range.
Result<void> parse_number(std::string_view field, std::string_view text, float low, bool inclusive,
                          float high, std::string_view range, float& out) {
  const Result<float> number = parse_float(text);
  const bool inside = number && (inclusive ? *number >= low : *number > low) && *number <= high;
  if (!inside) return refuse(field, quoted(text) + " is outside " + std::string(range));
  out = *number;
  return {};
}

// ---- digits
// -------------------------------------------------------------------------------------------------

constexpr std::array<std::string_view, 1> kDigits = {"37"};

Result<void> parse_digits(ExperimentSpec& spec, std::string_view text) {
  for (std::string_view digits : kDigits) {
    if (digits != text) continue;
    spec.digits = text;
    return {};
  }
  return refuse_choice("digits", text, kDigits);
}

// ---- model: "linear", "mlp:128,64"
// --------------------------------------------------------------------------

constexpr std::array<std::string_view, 4> kModels = {"mlp:30", "linear", "mlp:10", "mlp:128,64"};
constexpr std::string_view kMlp = "mlp:";

std::string print_model(const ExperimentSpec& spec) {
  if (spec.model.hidden.empty()) return "linear";
  std::string text(kMlp);
  for (uint32_t width : spec.model.hidden) {
    if (text.size() > kMlp.size()) text += ',';
    text += print(uint64_t{width});
  }
  return text;
}

Result<void> parse_model(ExperimentSpec& spec, std::string_view text) {
  if (text == "linear") {
    spec.model.hidden.clear();
    return {};
  }
  if (text.substr(0, kMlp.size()) != kMlp) {
    return refuse("model",
                  quoted(text) + " is neither linear nor of the form mlp:30 or mlp:128,64");
  }
  const std::vector<std::string_view> pieces = split(text.substr(kMlp.size()), ',');
  if (pieces.size() > kMaxHiddenLayers) {
    return refuse("model", quoted(text) + " has " + print(uint64_t{pieces.size()}) +
                               " hidden layers, at most " + print(uint64_t{kMaxHiddenLayers}) +
                               " are possible");
  }
  std::vector<uint32_t> hidden;
  for (std::string_view piece : pieces) {
    uint32_t width = 0;
    if (!parse_count("model", piece, 1, kMaxHiddenWidth, width)) {
      return refuse("model", "the width " + quoted(piece) + " of a hidden layer is outside 1…" +
                                 print(uint64_t{kMaxHiddenWidth}));
    }
    hidden.push_back(width);
  }
  spec.model.hidden = std::move(hidden);
  return {};
}

// ---- stop: "none", "target:0.98,patience:5,time:60"
// ---------------------------------------------------------

constexpr std::array<std::string_view, 4> kStops = {"none", "target:0.98", "patience:5", "time:60"};

std::string print_stop(const ExperimentSpec& spec) {
  const StopSpec& stop = spec.stop;
  std::string text;
  const auto add = [&text](std::string_view rule, const std::string& value) {
    text += (text.empty() ? "" : ",") + std::string(rule) + ":" + value;
  };
  if (stop.target_accuracy != 0) add("target", print(stop.target_accuracy));
  if (stop.patience != 0) add("patience", print(uint64_t{stop.patience}));
  if (stop.seconds != 0) add("time", print(stop.seconds));
  return text.empty() ? "none" : text;
}

Result<void> parse_stop_rule(StopSpec& stop, std::string_view text) {
  const size_t colon = text.find(':');
  const std::string_view rule = text.substr(0, colon);
  const std::string_view value = colon == std::string_view::npos ? "" : text.substr(colon + 1);
  const auto once = [&](bool fresh) -> Result<void> {
    if (fresh) return {};
    return refuse("stop", quoted(rule) + " is given twice");
  };
  if (rule == "target") {
    if (Result<void> fresh = once(stop.target_accuracy == 0); !fresh) return fresh;
    return parse_number("stop", value, 0, false, 1, "the target accuracies above 0, up to 1",
                        stop.target_accuracy);
  }
  if (rule == "patience") {
    if (Result<void> fresh = once(stop.patience == 0); !fresh) return fresh;
    return parse_count("stop", value, 1, kMaxEpochs, stop.patience);
  }
  if (rule == "time") {
    if (Result<void> fresh = once(stop.seconds == 0); !fresh) return fresh;
    return parse_number("stop", value, 0, false, 86400, "the seconds above 0, up to 86400",
                        stop.seconds);
  }
  return refuse("stop", quoted(text) + " is none of none, target:0.98, patience:5, time:60");
}

Result<void> parse_stop(ExperimentSpec& spec, std::string_view text) {
  StopSpec stop;
  if (text != "none") {
    for (std::string_view rule : split(text, ',')) {
      if (Result<void> parsed = parse_stop_rule(stop, rule); !parsed) return parsed;
    }
  }
  spec.stop = stop;
  return {};
}

// ---- the table
// ----------------------------------------------------------------------------------------------

constexpr std::array<std::string_view, 2> kTruths = {"true", "false"};

using Spec = ExperimentSpec;
using Text = std::string_view;
constexpr FieldEffect kRebuild = FieldEffect::rebuild;

constexpr SpecField kFields[] = {
    {"digits", "Digits", "Which handwritten digits the model learns to tell apart.", kRebuild,
     kDigits, [](const Spec& s) { return s.digits; }, parse_digits},
    {"model", "Model",
     "What turns 784 pixels into one number: a single weighted sum, or hidden layers between.",
     kRebuild, kModels, print_model, parse_model},
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
     FieldEffect::live,
     {},
     [](const Spec& s) { return print(s.lr); },
     [](Spec& s, Text text) {
       return parse_number("lr", text, kMinLr, true, kMaxLr,
                           print_fixed(kMinLr, 5) + "…" + print(kMaxLr), s.lr);
     }},
    {"batch",
     "Batch size",
     "How many images one step looks at.",
     kRebuild,
     {},
     [](const Spec& s) { return print(uint64_t{s.batch}); },
     [](Spec& s, Text text) { return parse_count("batch", text, 1, kMaxBatch, s.batch); }},
    {"shuffle", "Shuffle", "Whether every epoch goes through the training images in a new order.",
     kRebuild, kTruths, [](const Spec& s) { return std::string(s.shuffle ? "true" : "false"); },
     [](Spec& s, Text text) {
       uint8_t choice = 0;
       Result<void> parsed = parse_choice("shuffle", text, kTruths, choice);
       if (parsed) s.shuffle = choice == 0;
       return parsed;
     }},
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
       if (!number) return out_of_range("seed", text, "0", print(UINT64_MAX));
       s.seed = *number;
       return {};
     }},
    {"epochs",
     "Epochs",
     "How often training goes through all images before it stops.",
     FieldEffect::live,
     {},
     [](const Spec& s) { return print(uint64_t{s.epochs}); },
     [](Spec& s, Text text) { return parse_count("epochs", text, 1, kMaxEpochs, s.epochs); }},
    {"stop", "Stop early", "Rules that end training before its last epoch.", FieldEffect::live,
     kStops, print_stop, parse_stop},
};

}  // namespace

std::span<const SpecField> spec_fields() { return kFields; }

const SpecField* find_spec_field(std::string_view name) {
  for (const SpecField& field : kFields) {
    if (field.name == name) return &field;
  }
  return nullptr;
}

std::string print_spec(const ExperimentSpec& spec) {
  std::string text;
  for (const SpecField& field : kFields) {
    if (!text.empty()) text += '&';
    text += std::string(field.name) + "=" + field.print(spec);
  }
  return text;
}

Result<ExperimentSpec> edit_spec(const ExperimentSpec& base, std::string_view edits) {
  if (!edits.empty() && (edits[0] == '#' || edits[0] == '?')) edits.remove_prefix(1);
  const Result<std::vector<QueryItem>> items = parse_query(edits, "spec");
  if (!items) return items.error();
  ExperimentSpec spec = base;
  for (const QueryItem& item : *items) {
    const SpecField* field = find_spec_field(item.name);
    if (field == nullptr) {
      std::string names;
      for (const SpecField& known : kFields)
        names += (names.empty() ? "" : ", ") + std::string(known.name);
      return refuse("spec", quoted(item.name) + " is not a field; there are " + names);
    }
    if (Result<void> parsed = field->parse(spec, item.value); !parsed) return parsed.error();
  }
  return spec;
}

bool needs_rebuild(const ExperimentSpec& a, const ExperimentSpec& b) {
  for (const SpecField& field : kFields) {
    if (field.effect == FieldEffect::rebuild && field.print(a) != field.print(b)) return true;
  }
  return false;
}

}  // namespace downhill
