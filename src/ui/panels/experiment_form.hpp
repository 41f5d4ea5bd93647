// The hand that fills in an experiment: labelled fields of the spec in rows, one column of the
// page. A field's label, help and choices come from the spec's own table. What is typed is read
// before it is sent; what cannot be read stays where it is, with a sentence below it. Every field
// is the widget "field:" and its name.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "session/snapshot.hpp"
#include "ui/canvas.hpp"
#include "ui/requests.hpp"
#include "ui/spec_words.hpp"
#include "ui/widgets.hpp"

namespace downhill::ui {

class ExperimentForm {
 public:
  // Once per frame.
  void begin(const Snapshot& snapshot, const SpecTexts& texts, Canvas& canvas, Requests& requests);
  const ExperimentSpec& spec() const { return snapshot_->spec; }
  const Status& status() const { return snapshot_->status; }
  std::string_view text_of(std::string_view field) const { return (*texts_)[field]; }
  Canvas& canvas() const { return *canvas_; }

  // A column from the top of `place`; what follows is put below each other.
  void begin_column(const Rect& place);
  float y() const { return y_; }
  float width() const { return column_.width(); }
  void heading(std::string_view title);
  // The next fields stand in rows of `cells`; `first`: the share of the first of two.
  void row(int cells, float first = 0.5f);
  // A sentence over the whole width.
  void note(std::string_view text, Tone tone = Tone::faint);
  // A free place over the whole width.
  Rect block(float height);
  void gap(float height);

  // Fields in the next cell. `label`: instead of the field's own. `shown`: instead of its value.
  void text(std::string_view field, std::string_view label = {}, std::string_view shown = {});
  void menu(std::string_view field);
  void toggle(std::string_view field);
  // A value that cannot be chosen here, and why.
  void fixed(std::string_view field, std::string_view label, std::string_view value,
             std::string_view why);

  // Sends edits if they can be read. What is refused belongs to `field` and is told below it.
  void edit(std::string_view field, std::string_view value);
  void edit_all(std::string edits);
  // The refused text of a field; nothing when what was typed last was taken.
  std::optional<std::string_view> refused(std::string_view field) const;
  void forget_refusal() { refused_field_.clear(); }
  // What was wrong with it, if it was this field's. Nothing is drawn otherwise.
  void draw_refusal(std::string_view field);

 private:
  static constexpr size_t kFields = 32;  // more than the spec has
  Rect cell(const SpecField& field, std::string_view label);
  void end_row();

  const Snapshot* snapshot_ = nullptr;
  const SpecTexts* texts_ = nullptr;
  Canvas* canvas_ = nullptr;
  Requests* requests_ = nullptr;
  std::array<TextField, kFields> fields_;
  std::string refused_field_, refused_text_, refusal_;
  Rect column_;
  float y_ = 0;
  int cells_ = 1, taken_ = 0;
  float first_ = 0.5f;
  bool refusal_in_row_ = false;
};

}  // namespace downhill::ui
