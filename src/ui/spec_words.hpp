// An experiment in the words of the screen, where links have short ones, and the texts of all its
// fields, which are printed once per change instead of once per frame. Knows no drawing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "train/experiment_spec.hpp"
#include "ui/label.hpp"

namespace downhill::ui {

// What is said about a value of a field: "adamw" is "AdamW". A value that no menu offers is its own
// label.
ChoiceWords choice_words(std::string_view field, std::string_view value);

// "3 and 7", "1, 4 and 7", "all ten"
Label digits_words(std::string_view digits);
// "linear", "MLP 128, 64", "conv", "own layers"
Label model_words(const ModelSpec& model);

// "98 % right, 5 epochs without a lower loss, 60 s": the rules that may end a run early; "never" if
// there are none.
Label stop_words(const StopSpec& stop);

// The name of a choice in PyTorch, or else in fastai: "CrossEntropyLoss", "mnist_loss"; empty if
// neither has one.
std::string_view name_in_code(const ChoiceWords& choice);
// What it does, with that name: "surprise at the truth … (CrossEntropyLoss)".
LongLabel choice_note(const ChoiceWords& choice);
// What a field is for, and what changing it does to a run.
LongLabel field_help(const SpecField& field);
// "[batch] 999999 is outside …" in the words of the screen: "Batch size: 999999 is outside …".
std::string readable_error(std::string_view error);

// The edits that choose other digits. A single output cannot tell more than two digits apart, so
// the loss changes with them: cross-entropy for more than two, the book's for two.
std::string edits_for_digits(const ExperimentSpec& spec, std::string_view digits);
// `digits` with this digit added or removed, in ascending order.
std::string toggle_digit(std::string_view digits, char digit);

// Every field as text.
class SpecTexts {
 public:
  // True if the spec differs from the last one.
  bool update(const ExperimentSpec& spec);
  std::string_view operator[](std::string_view field) const;
  const ExperimentSpec& spec() const { return spec_; }

 private:
  ExperimentSpec spec_;
  std::vector<std::string> texts_;  // in the order of spec_fields()
};

}  // namespace downhill::ui
