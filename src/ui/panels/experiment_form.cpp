#include "ui/panels/experiment_form.hpp"

#include <algorithm>

namespace downhill::ui {
namespace {

constexpr float kLabel = 18, kControl = 32, kBetween = 12, kRowGap = 10;

BasicLabel<32> widget_name(std::string_view field) { return BasicLabel<32>("field:").add(field); }

}  // namespace

void ExperimentForm::begin(const Snapshot& snapshot, const SpecTexts& texts, Canvas& canvas,
                           Requests& requests) {
  snapshot_ = &snapshot;
  texts_ = &texts;
  canvas_ = &canvas;
  requests_ = &requests;
}

void ExperimentForm::begin_column(const Rect& place) {
  column_ = place;
  y_ = place.y0;
  row(1);
}

void ExperimentForm::end_row() {
  if (taken_ > 0) y_ += kLabel + kControl + kRowGap;
  taken_ = 0;
  if (!refusal_in_row_) return;
  refusal_in_row_ = false;
  note(refusal_, Tone::ink);
}

void ExperimentForm::row(int cells, float first) {
  end_row();
  cells_ = cells;
  first_ = first;
}

void ExperimentForm::heading(std::string_view title) {
  end_row();
  if (y_ > column_.y0) y_ += 14;
  canvas_->text_in({column_.x0, y_, column_.x1, y_ + 20}, Type::strong, Tone::ink, title);
  y_ += 24;
  canvas_->rule(column_.x0, column_.x1, y_, Tone::line);
  y_ += 8;
}

void ExperimentForm::note(std::string_view text, Tone tone) {
  end_row();
  if (text.empty()) return;
  const Rect place{column_.x0, y_ - 2, column_.x1, y_ + 200};
  y_ += canvas_->paragraph(place, Type::small, tone, text) + 6;
}

Rect ExperimentForm::block(float height) {
  end_row();
  const Rect place{column_.x0, y_, column_.x1, y_ + height};
  y_ += height + kRowGap;
  return place;
}

void ExperimentForm::gap(float height) {
  end_row();
  y_ += height;
}

Rect ExperimentForm::cell(const SpecField& field, std::string_view label) {
  if (taken_ == cells_) end_row();
  const float room = column_.width() - kBetween * static_cast<float>(cells_ - 1);
  float w = room / static_cast<float>(cells_), x = column_.x0;
  if (cells_ == 2) w = room * (taken_ == 0 ? first_ : 1 - first_);
  if (taken_ > 0)
    x = cells_ == 2 ? column_.x1 - w : x + (w + kBetween) * static_cast<float>(taken_);
  Rect place = Rect::at(x, y_, w, kLabel + kControl);
  taken_ += 1;
  if (refused_field_ == field.name) refusal_in_row_ = true;
  const Rect caption = place.cut_top(kLabel);
  const bool live = field.effect == FieldEffect::live;
  const Rect words{caption.x0, caption.y0, caption.x1 - (live ? 10.0f : 0.0f), caption.y1 - 4};
  if (label.empty()) label = field.label;
  canvas_->text_in(words, Type::tiny, Tone::faint, label);
  if (live) {
    const float end = std::min(words.x1, words.x0 + canvas_->width(Type::tiny, label));
    canvas_->dot({end + 7, words.center().y}, 2, Tone::ink);
  }
  canvas_->explain(caption, field_help(field));
  return place;
}

void ExperimentForm::text(std::string_view name, std::string_view label, std::string_view shown) {
  const SpecField* field = find_spec_field(name);
  if (field == nullptr) return;
  const Rect place = cell(*field, label);
  const auto index = static_cast<size_t>(field - spec_fields().data());
  std::string_view value = shown.empty() ? text_of(name) : shown;
  if (const auto typed = refused(name)) value = *typed;
  const auto typed = fields_[std::min(index, kFields - 1)].draw(
      *canvas_, widget_name(name), place, value, Type::body, field_help(*field));
  if (typed) edit(name, *typed);
}

void ExperimentForm::menu(std::string_view name) {
  const SpecField* field = find_spec_field(name);
  if (field == nullptr) return;
  constexpr size_t kMost = 8;
  std::array<std::string_view, kMost> labels, meanings;
  const size_t n = std::min(field->choices.size(), kMost);
  int chosen = -1;
  for (size_t i = 0; i < n; ++i) {
    const ChoiceWords words = choice_words(name, field->choices[i]);
    labels[i] = words.label;
    meanings[i] = words.meaning;
    if (field->choices[i] == text_of(name)) chosen = static_cast<int>(i);
  }
  const Rect place = cell(*field, {});
  const auto clicked = ui::menu(*canvas_, widget_name(name), place, std::span(labels).first(n),
                                std::span(meanings).first(n), chosen, field_help(*field));
  if (clicked) edit(name, field->choices[static_cast<size_t>(*clicked)]);
}

void ExperimentForm::toggle(std::string_view name) {
  const SpecField* field = find_spec_field(name);
  if (field == nullptr) return;
  const Rect place = cell(*field, {});
  const bool on = text_of(name) == "true";
  if (ui::toggle(*canvas_, widget_name(name), {place.x0, place.y0, place.x0 + 44, place.y1}, on,
                 field_help(*field)))
    edit(name, on ? "false" : "true");
}

void ExperimentForm::fixed(std::string_view name, std::string_view label, std::string_view value,
                           std::string_view why) {
  const SpecField* field = find_spec_field(name);
  if (field == nullptr) return;
  const Rect place = cell(*field, label);
  canvas_->note_widget(widget_name(name), place);
  canvas_->fill(place, Tone::surface, 6);
  canvas_->text_in(place.inset(10, 0), Type::body, Tone::soft, value);
  canvas_->explain(place, why);
}

void ExperimentForm::edit(std::string_view field, std::string_view value) {
  const std::string edits = edit_text(field, value);
  const Result<ExperimentSpec> read = edit_spec(spec(), edits);
  refused_field_.clear();
  if (read) return edit_all(edits);
  refused_field_ = field;
  refused_text_ = value;
  refusal_ = "⚠ " + readable_error(read.error().message);
}

void ExperimentForm::edit_all(std::string edits) {
  refused_field_.clear();
  requests_->set(std::move(edits));
}

std::optional<std::string_view> ExperimentForm::refused(std::string_view field) const {
  if (refused_field_ != field || refused_field_.empty()) return std::nullopt;
  return refused_text_;
}

void ExperimentForm::draw_refusal(std::string_view field) {
  if (refused(field)) note(refusal_, Tone::ink);
}

}  // namespace downhill::ui
