// A form for the fields of an experiment: labelled fields in rows, one column of the page. A
// field's label, help and choices come from the table of the spec. Typed text is parsed before it
// is sent; text that is refused stays in its field, with a sentence below it. The widget of a field
// is named "field:" and the field's name.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "session/snapshot.hpp"
#include "ui/canvas.hpp"
#include "ui/field_menu.hpp"
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

  // Starts a column at the top of `place`. Everything after it is drawn from top to bottom.
  void begin_column(const Rect& place);
  float y() const { return y_; }
  float x0() const { return column_.x0; }
  float width() const { return column_.width(); }
  void heading(std::string_view title);
  // The next fields are in rows of `cells`. `first`: the share of the first of two cells.
  void row(int cells, float first = 0.5f);
  // A sentence over the whole width, in a place for `least_lines` or more.
  void note(std::string_view text, Tone tone = Tone::faint, int least_lines = 0);
  // Free space over the whole width.
  Rect block(float height);
  void gap(float height);

  // A field in the next cell: a menu, a switch or a text. `label`: instead of the field's own.
  void field(std::string_view name, std::string_view label = {});
  // Draws nothing: the caller draws this field in its own way.
  const SpecField& mark_drawn(std::string_view name);
  // All fields of a group that do something and have not been drawn yet, in the order of the spec.
  // A new field appears here without a line of its own.
  void fields(FieldGroup group);
  // A value that cannot be chosen here, and why.
  void fixed(std::string_view field, std::string_view label, std::string_view value,
             std::string_view why);

  // Sends edits if they are valid. A refusal is shown below `field`.
  void edit(std::string_view field, std::string_view value);
  void edit_all(std::string edits);
  // The refused text of a field; nothing if its last text was accepted.
  std::optional<std::string_view> refused(std::string_view field) const;
  void forget_refusal() { refused_field_.clear(); }
  // Draws the refusal if it is this field's: above the form, below what was drawn last. It moves
  // nothing, and a click on it removes it.
  void draw_refusal(std::string_view field);

 private:
  Rect cell(const SpecField& field, std::string_view label);
  void text(const SpecField& field, std::string_view label);
  void menu(const SpecField& field, std::string_view label);
  void toggle(const SpecField& field, std::string_view label);
  void end_row();

  const Snapshot* snapshot_ = nullptr;
  const SpecTexts* texts_ = nullptr;
  Canvas* canvas_ = nullptr;
  Requests* requests_ = nullptr;
  // One of each per field of the spec.
  std::vector<TextField> text_fields_;
  std::vector<bool> drawn_;  // in this frame
  FieldMenu menu_;
  std::string refused_field_, refused_text_, refusal_;
  Rect column_;
  float y_ = 0;
  int cells_ = 1, taken_ = 0;
  float first_ = 0.5f;
  bool refusal_in_row_ = false;
};

}  // namespace downhill::ui
