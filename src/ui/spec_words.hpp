// How an experiment is said on screen: the names of its choices and what they mean, where links
// have short words; and the texts of all its fields, printed once per change and not once per
// frame. Knows no drawing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "train/experiment_spec.hpp"
#include "ui/label.hpp"

namespace downhill::ui {

struct ChoiceWords {
  std::string_view label, meaning;
};
// Of a value of a field with choices: "adamw" is "AdamW". A value without words is its own label.
ChoiceWords choice_words(std::string_view field, std::string_view value);

// "3 and 7", "1, 4 and 7", "all ten"
Label digits_words(std::string_view digits);
// "linear", "MLP 128, 64", "conv", "own layers"
Label model_words(const ModelSpec& model);

// "98 % right, 5 epochs without progress, 60 s": the rules that may end a run before its epochs;
// "never" if there are none.
Label stop_words(const StopSpec& stop);

// What a field is for, and what a change of it does to a run.
LongLabel field_help(const SpecField& field);
// "[batch] 999999 is outside …" as a person says it: "Batch size: 999999 is outside …".
std::string readable_error(std::string_view error);

// The edits that choose other digits. One output cannot name more than two digits as well as one
// output each can, so the loss goes with them: cross-entropy for more than two, the book's for two.
std::string edits_for_digits(const ExperimentSpec& spec, std::string_view digits);
// `digits` with this one put in or taken out, in ascending order.
std::string toggle_digit(std::string_view digits, char digit);

// Whether the optimizer has a momentum at all: sgd and rmsprop have none.
bool uses_momentum(OptimizerKind optimizer);
// Whether it divides by averages of squared gradients, which beta2 and eps belong to.
bool uses_squares(OptimizerKind optimizer);

// Every field as text.
class SpecTexts {
 public:
  // True when the spec is another one than before.
  bool update(const ExperimentSpec& spec);
  std::string_view operator[](std::string_view field) const;
  const ExperimentSpec& spec() const { return spec_; }

 private:
  ExperimentSpec spec_;
  std::vector<std::string> texts_;  // in the order of spec_fields()
};

}  // namespace downhill::ui
