// What web/README.md says about the experiment is what the tables of the code say.
#include <doctest/doctest.h>

#include <string>

#include "support/document.hpp"
#include "train/experiment_spec.hpp"
#include "train/spec_values.hpp"

namespace downhill::test {
namespace {

std::string code(std::string_view word) { return "`" + std::string(word) + "`"; }

std::string values_of(const SpecField& field) {
  switch (field.kind) {
    case FieldKind::number:
      return print_bound(field.low) + " … " + print_bound(field.high);
    case FieldKind::count:
      return field.most == UINT64_MAX ? "a whole number"
                                      : print(field.least) + " … " + print(field.most);
    case FieldKind::choice:
    case FieldKind::truth: {
      std::string list;
      for (const ChoiceWords& choice : field.choices) {
        list += (list.empty() ? "" : ", ") + code(choice.word);
      }
      return list;
    }
    case FieldKind::grammar:
      return std::string(field.values);
  }
  return {};
}

std::string fields_table() {
  std::string text = "| field | values | |\n| --- | --- | --- |\n";
  for (const SpecField& field : spec_fields()) {
    text += "| " + code(field.name) + (field.effect == FieldEffect::live ? " *" : "") + " | " +
            values_of(field) + " | " + std::string(field.help) + " |\n";
  }
  return text;
}

std::string row_of(const std::string& of, const ChoiceWords& words) {
  return "| " + of + " | " + code(words.word) + " | " + std::string(words.meaning) + " | " +
         (words.torch.empty() ? "" : code(words.torch)) + " |\n";
}

std::string choices_table() {
  std::string text = "| field | word | meaning | PyTorch |\n| --- | --- | --- | --- |\n";
  for (const SpecField& field : spec_fields()) {
    if (field.kind != FieldKind::choice) continue;
    for (const ChoiceWords& words : field.choices) text += row_of(code(field.name), words);
  }
  return text;
}

std::string models_table() {
  std::string text = "| model | what it is |\n| --- | --- |\n";
  for (const ModelRow& row : kModels) {
    const std::string_view word = row.usage.substr(0, row.usage.find(' '));
    text += "| " + code(word) + std::string(row.usage.substr(word.size())) + " | " +
            std::string(row.words.meaning) + " |\n";
  }
  return text;
}

std::string layers_table() {
  std::string text = "| layer | how it is written | PyTorch |\n| --- | --- | --- |\n";
  for (const LayerRow& row : kLayers) {
    text += "| " + std::string(row.words.label) + " | " + std::string(row.words.meaning) + " | " +
            (row.words.torch.empty() ? "" : code(row.words.torch)) + " |\n";
  }
  return text;
}

}  // namespace

TEST_CASE("web/README.md lists the fields, choices, models and layers that there are") {
  check_document_part("web/README.md", "fields", fields_table());
  check_document_part("web/README.md", "models", models_table());
  check_document_part("web/README.md", "layers", layers_table());
  check_document_part("web/README.md", "choices", choices_table());
}

}  // namespace downhill::test
