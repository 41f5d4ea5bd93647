#include "ui/field_menu.hpp"

#include "ui/spec_words.hpp"
#include "ui/widgets.hpp"

namespace downhill::ui {

void FieldMenu::add(const ChoiceWords& choice, bool chosen) {
  if (chosen) chosen_ = static_cast<int>(words_.size());
  words_.push_back(choice.word);
  labels_.push_back(choice.label);
  meanings_.push_back(choice.meaning);
  names_.push_back(name_in_code(choice));
}

void FieldMenu::add_choices(const SpecField& field, std::string_view value) {
  words_.clear();
  labels_.clear();
  meanings_.clear();
  names_.clear();
  chosen_ = -1;
  for (const ChoiceWords& choice : field.choices) add(choice, choice.word == value);
}

std::optional<std::string_view> FieldMenu::draw_items(Canvas& canvas, std::string_view name,
                                                      const Rect& rect, const SpecField& field) {
  LongLabel help = field_help(field);
  if (const auto i = static_cast<size_t>(chosen_); chosen_ >= 0 && !meanings_[i].empty()) {
    const ChoiceWords chosen{{}, labels_[i], meanings_[i], names_[i]};
    help.add("\n").add(chosen.label).add(": ").add(choice_note(chosen)).add(".");
  }
  const auto clicked = menu(canvas, name, rect, labels_, meanings_, chosen_, help, names_);
  if (!clicked) return std::nullopt;
  return words_[static_cast<size_t>(*clicked)];
}

std::optional<std::string_view> FieldMenu::draw(Canvas& canvas, std::string_view name,
                                                const Rect& rect, const SpecField& field,
                                                std::string_view value) {
  add_choices(field, value);
  return draw_items(canvas, name, rect, field);
}

std::optional<std::string_view> FieldMenu::draw_open(Canvas& canvas, std::string_view name,
                                                     const Rect& rect, const SpecField& field,
                                                     std::string_view value, std::string_view label,
                                                     std::string_view others) {
  add_choices(field, value);
  add({.word = kOthers, .label = kOthers, .meaning = others}, false);
  if (chosen_ < 0) add({.word = value, .label = label}, true);
  return draw_items(canvas, name, rect, field);
}

}  // namespace downhill::ui
