// The menu of a field of the experiment: all its choices, with their labels and meanings from the
// table of the choice, and their names in PyTorch or fastai.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "train/experiment_spec.hpp"
#include "ui/canvas.hpp"

namespace downhill::ui {

class FieldMenu {
 public:
  // `value`: the word that is chosen now. Returns the word that was clicked.
  std::optional<std::string_view> draw(Canvas& canvas, std::string_view name, const Rect& rect,
                                       const SpecField& field, std::string_view value);

  // The same for a field that accepts more than its choices: an item "others…" comes after them,
  // and `value` with its label if it is none of them. Returns kOthers if that item was clicked.
  static constexpr std::string_view kOthers = "others…";
  std::optional<std::string_view> draw_open(Canvas& canvas, std::string_view name, const Rect& rect,
                                            const SpecField& field, std::string_view value,
                                            std::string_view label, std::string_view others);

 private:
  void add(const ChoiceWords& choice, bool chosen);
  void add_choices(const SpecField& field, std::string_view value);
  std::optional<std::string_view> draw_items(Canvas& canvas, std::string_view name,
                                             const Rect& rect, const SpecField& field);

  std::vector<std::string_view> words_, labels_, meanings_, names_;  // of the items
  int chosen_ = -1;
};

}  // namespace downhill::ui
