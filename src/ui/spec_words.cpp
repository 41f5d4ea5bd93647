#include "ui/spec_words.hpp"

namespace downhill::ui {
ChoiceWords choice_words(std::string_view field, std::string_view value) {
  const SpecField* known = find_spec_field(field);
  if (known != nullptr) {
    for (const ChoiceWords& choice : known->choices) {
      if (choice.word == value) return choice;
    }
  }
  return {.word = value, .label = value};
}

Label digits_words(std::string_view digits) {
  if (digits.size() == 10) return "all ten";
  Label text;
  for (size_t i = 0; i < digits.size(); ++i) {
    if (i > 0) text.add(i + 1 == digits.size() ? " and " : ", ");
    text.add(digits.substr(i, 1));
  }
  return text;
}

Label model_words(const ModelSpec& model) {
  Label text(kModels[model.kind].brief);
  for (size_t i = 0; i < model.hidden.size(); ++i)
    text.format(i == 0 ? " %u" : ", %u", model.hidden[i]);
  return text;
}

Label stop_words(const StopSpec& stop) {
  Label text;
  const auto next = [&] { text.add(text.empty() ? "" : ", "); };
  if (stop.target_accuracy > 0) text.add(percent(stop.target_accuracy, 1)).add(" right");
  if (stop.patience > 0) next(), text.format("%u epochs without a lower loss", stop.patience);
  if (stop.seconds > 0) next(), text.add(duration(static_cast<double>(stop.seconds)));
  return text.empty() ? Label("never") : text;
}

std::string_view name_in_code(const ChoiceWords& choice) {
  if (choice.word == "mnist") return "mnist_loss";
  if (choice.word == "onecycle") return "fit_one_cycle";
  return choice.torch;
}

LongLabel choice_note(const ChoiceWords& choice) {
  LongLabel note(choice.meaning);
  const std::string_view name = name_in_code(choice);
  if (!name.empty() && choice.meaning.find(name) == std::string_view::npos)
    note.add(" (").add(name).add(")");
  return note;
}

LongLabel field_help(const SpecField& field) {
  return LongLabel(field.help)
      .add(field.effect == FieldEffect::rebuild ? " A change starts the run again."
                                                : " A change acts on the next step.");
}

std::string readable_error(std::string_view error) {
  const size_t end = error.find("] ");
  if (error.empty() || error.front() != '[' || end == std::string_view::npos)
    return std::string(error);
  const SpecField* field = find_spec_field(error.substr(1, end - 1));
  const std::string what(error.substr(end + 2));
  return field == nullptr ? what : std::string(field->label) + ": " + what;
}

std::string edits_for_digits(const ExperimentSpec& spec, std::string_view digits) {
  std::string edits = "digits=" + std::string(digits);
  const bool many = digits.size() > 2, were_many = spec.digits.size() > 2;
  if (many && !were_many && spec.loss != LossKind::crossentropy) edits += "&loss=crossentropy";
  if (!many && were_many && spec.loss == LossKind::crossentropy) edits += "&loss=mnist";
  return edits;
}

std::string toggle_digit(std::string_view digits, char digit) {
  std::string text;
  for (char c = '0'; c <= '9'; ++c) {
    if ((digits.find(c) != std::string_view::npos) != (c == digit)) text += c;
  }
  return text;
}

bool SpecTexts::update(const ExperimentSpec& spec) {
  if (!texts_.empty() && spec == spec_) return false;
  spec_ = spec;
  texts_.clear();
  for (const SpecField& field : spec_fields()) texts_.push_back(field.print(spec));
  return true;
}

std::string_view SpecTexts::operator[](std::string_view name) const {
  const auto fields = spec_fields();
  for (size_t i = 0; i < fields.size() && i < texts_.size(); ++i) {
    if (fields[i].name == name) return texts_[i];
  }
  return {};
}

}  // namespace downhill::ui
