#include "ui/panels/experiment_form.hpp"

#include <algorithm>
#include <cassert>

namespace downhill::ui {
namespace {

constexpr float kLabel = 18, kControl = 32, kBetween = 12, kRowGap = 10;

size_t index_of(const SpecField& field) {
  return static_cast<size_t>(&field - spec_fields().data());
}

BasicLabel<32> widget_name(std::string_view field) { return BasicLabel<32>("field:").add(field); }

}  // namespace

void ExperimentForm::begin(const Snapshot& snapshot, const SpecTexts& texts, Canvas& canvas,
                           Requests& requests) {
  snapshot_ = &snapshot;
  texts_ = &texts;
  canvas_ = &canvas;
  requests_ = &requests;
  text_fields_.resize(spec_fields().size());
  drawn_.assign(spec_fields().size(), false);
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
  draw_refusal(refused_field_);
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

void ExperimentForm::note(std::string_view text, Tone tone, int least_lines) {
  end_row();
  if (text.empty()) return;
  const Rect place{column_.x0, y_ - 2, column_.x1, y_ + 200};
  const float least = canvas_->metrics(Type::small).line * static_cast<float>(least_lines);
  y_ += std::max(canvas_->paragraph(place, Type::small, tone, text), least) + 6;
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

void ExperimentForm::text(const SpecField& field, std::string_view label) {
  const Rect place = cell(field, label);
  std::string_view value = text_of(field.name);
  if (!field.zero.empty() && value == "0") value = field.zero;
  if (const auto typed = refused(field.name)) value = *typed;
  TextField& input = text_fields_[index_of(field)];
  input.use(field.kind == FieldKind::grammar ? Keyboard::letters : Keyboard::numbers);
  const auto typed =
      input.draw(*canvas_, widget_name(field.name), place, value, Type::body, field_help(field));
  if (typed) edit(field.name, *typed);
}

void ExperimentForm::menu(const SpecField& field, std::string_view label) {
  const Rect place = cell(field, label);
  const auto clicked =
      menu_.draw(*canvas_, widget_name(field.name), place, field, text_of(field.name));
  if (clicked) edit(field.name, *clicked);
}

void ExperimentForm::toggle(const SpecField& field, std::string_view label) {
  const Rect place = cell(field, label);
  const bool on = text_of(field.name) == "true";
  if (ui::toggle(*canvas_, widget_name(field.name), {place.x0, place.y0, place.x0 + 44, place.y1},
                 on, field_help(field)))
    edit(field.name, on ? "false" : "true");
}

void ExperimentForm::field(std::string_view name, std::string_view label) {
  const SpecField* field = find_spec_field(name);
  if (field == nullptr) return;
  drawn_[index_of(*field)] = true;
  switch (field->kind) {
    case FieldKind::choice:
      return menu(*field, label);
    case FieldKind::truth:
      return toggle(*field, label);
    case FieldKind::number:
    case FieldKind::count:
    case FieldKind::grammar:
      return text(*field, label);
  }
}

const SpecField& ExperimentForm::mark_drawn(std::string_view name) {
  const SpecField* field = find_spec_field(name);
  assert(field != nullptr);
  drawn_[index_of(*field)] = true;
  return *field;
}

void ExperimentForm::fields(FieldGroup group) {
  for (const SpecField& field : spec_fields()) {
    if (field.group != group || drawn_[index_of(field)]) continue;
    if (field.used == nullptr || field.used(spec())) this->field(field.name);
  }
}

void ExperimentForm::fixed(std::string_view name, std::string_view label, std::string_view value,
                           std::string_view why) {
  const SpecField* field = find_spec_field(name);
  if (field == nullptr) return;
  drawn_[index_of(*field)] = true;
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
  refused_text_ = value.size() > kMostTyped ? text_of(field) : value;
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
  if (!refused(field)) return;
  end_row();
  constexpr float kPad = 8;
  const float width = column_.width() - 2 * kPad;
  const float height = canvas_->paragraph_height(width, Type::small, refusal_);
  const Rect box = Rect::at(column_.x0, y_ - kRowGap + 3, column_.width(), height + kPad);
  if (!canvas_->visible(box)) return;
  canvas_->begin_overlay("refusal", box);
  canvas_->fill(box, Tone::surface_deep, 6);
  canvas_->outline(box, Tone::line_strong, 6);
  canvas_->paragraph(box.inset(kPad, kPad / 2), Type::small, Tone::ink, refusal_);
  const bool clicked = canvas_->hit("refusal", box).clicked;
  canvas_->end_overlay();
  if (clicked) forget_refusal();
}

}  // namespace downhill::ui
