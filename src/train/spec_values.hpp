// The kinds of fields that a spec has, each made from the member that holds its value: how the
// value is printed, read and refused. Only for the table of fields.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "base/choice_table.hpp"
#include "base/query_text.hpp"
#include "base/result.hpp"
#include "base/text.hpp"
#include "base/typed_number.hpp"
#include "train/experiment_spec.hpp"

namespace downhill::spec_values {

inline Error refuse(std::string_view field, const std::string& what) {
  return Error{"[" + std::string(field) + "] " + what};
}

inline Error refuse_choice(std::string_view field, std::string_view text,
                           std::span<const ChoiceWords> choices) {
  std::string list;
  for (const ChoiceWords& choice : choices) {
    list += (list.empty() ? "" : ", ") + std::string(choice.word);
  }
  return refuse(field, quoted(text) + " is none of " + list);
}

// A number from `low` to `high`.
template <float ExperimentSpec::*kMember>
constexpr SpecField number(float low, float high, SpecField field) {
  field.kind = FieldKind::number;
  field.low = low;
  field.high = high;
  field.print = [](const ExperimentSpec& spec) { return print(spec.*kMember); };
  field.read = [](const SpecField& self, ExperimentSpec& spec, std::string_view text) {
    const Result<float> value = typed_number(text, self.low, self.high);
    if (!value) return Result<void>(refuse(self.name, value.error().message));
    spec.*kMember = *value;
    return Result<void>();
  };
  return field;
}

// A whole number from `least` to `most`.
template <auto kMember>
constexpr SpecField count(uint64_t least, uint64_t most, SpecField field) {
  field.kind = FieldKind::count;
  field.least = least;
  field.most = most;
  field.print = [](const ExperimentSpec& spec) { return print(uint64_t{spec.*kMember}); };
  field.read = [](const SpecField& self, ExperimentSpec& spec, std::string_view text) {
    const Result<uint64_t> value = typed_count(text, self.least, self.most);
    if (!value) return Result<void>(refuse(self.name, value.error().message));
    using Count = std::remove_reference_t<decltype(spec.*kMember)>;
    spec.*kMember = static_cast<Count>(*value);
    return Result<void>();
  };
  return field;
}

// One of the words of a table.
template <auto kMember, const auto& kTable>
constexpr SpecField choice(SpecField field) {
  field.kind = FieldKind::choice;
  field.choices = kTable.words();
  field.print = [](const ExperimentSpec& spec) {
    return std::string(kTable[spec.*kMember].words.word);
  };
  field.read = [](const SpecField& self, ExperimentSpec& spec, std::string_view text) {
    const auto* row = kTable.find(text);
    if (row == nullptr) return Result<void>(refuse_choice(self.name, text, self.choices));
    spec.*kMember = row->kind;
    return Result<void>();
  };
  return field;
}

inline constexpr std::array<ChoiceWords, 2> kTruths = {{{"true"}, {"false"}}};
inline constexpr std::array<ChoiceWords, 2> kUntruths = {{{"false"}, {"true"}}};

// true or false; `usually` is the default.
template <bool ExperimentSpec::*kMember>
constexpr SpecField truth(bool usually, SpecField field) {
  field.kind = FieldKind::truth;
  field.choices = usually ? std::span<const ChoiceWords>(kTruths) : kUntruths;
  field.print = [](const ExperimentSpec& spec) {
    return std::string(spec.*kMember ? "true" : "false");
  };
  field.read = [](const SpecField& self, ExperimentSpec& spec, std::string_view text) {
    if (text != "true" && text != "false") {
      return Result<void>(refuse_choice(self.name, text, kTruths));
    }
    spec.*kMember = text == "true";
    return Result<void>();
  };
  return field;
}

}  // namespace downhill::spec_values
