#include <algorithm>
#include <array>
#include <span>

#include "ui/panels/experiment_groups.hpp"

namespace downhill::ui {
namespace {

constexpr std::array<std::string_view, 10> kDigitWords = {"0", "1", "2", "3", "4",
                                                          "5", "6", "7", "8", "9"};

// The digits that the field offers.
void draw_usual_digits(ExperimentForm& form) {
  const std::span<const ChoiceWords> usual = form.mark_drawn("digits").choices;
  std::array<std::string_view, 4> labels;
  const size_t count = std::min(usual.size(), labels.size());
  uint32_t on = 0;
  for (size_t i = 0; i < count; ++i) {
    labels[i] = usual[i].label;
    on |= form.spec().digits == usual[i].word ? 1u << i : 0;
  }
  const float h = form.canvas().touch() ? 40.0f : 30.0f;
  const auto clicked = chips(form.canvas(), "digits-usual", form.block(h),
                             std::span(labels).first(count), static_cast<int>(count), on);
  if (clicked) {
    form.edit_all(edits_for_digits(form.spec(), usual[static_cast<size_t>(*clicked)].word));
  }
}

void draw_picker(ExperimentForm& form) {
  const std::string_view digits = form.spec().digits;
  uint32_t on = 0;
  for (const char c : digits) on |= 1u << (c - '0');
  const float h = form.canvas().touch() ? 40.0f : 30.0f;
  const auto clicked =
      chips(form.canvas(), "digit", form.block(h), kDigitWords, 10, on,
            "Which digits the model learns to tell apart: two of them at least. A change starts "
            "the run again.");
  if (!clicked) return;
  const std::string wanted = toggle_digit(digits, static_cast<char>('0' + *clicked));
  if (wanted.size() >= 2) form.edit_all(edits_for_digits(form.spec(), wanted));
}

}  // namespace

Label loading_words(const Loading& loading) {
  if (loading.total == 0) return "on their way";
  const auto megabytes = [](uint64_t bytes) { return static_cast<double>(bytes) / 1e6; };
  return Label().format("%.1f of %.1f MB", megabytes(loading.bytes), megabytes(loading.total));
}

void draw_loading_bar(Canvas& canvas, const Rect& rect, const Loading& loading) {
  canvas.fill(rect, Tone::surface_deep, rect.height() / 2);
  if (loading.total == 0) return;
  const double share = static_cast<double>(loading.bytes) / static_cast<double>(loading.total);
  const float w = rect.width() * static_cast<float>(std::min(1.0, share));
  canvas.fill({rect.x0, rect.y0, rect.x0 + w, rect.y1}, Tone::ink, rect.height() / 2);
}

namespace {

void draw_digits(ExperimentForm& form, const Loading& loading) {
  draw_usual_digits(form);
  draw_picker(form);
  form.draw_refusal("digits");
  // Progress takes the place of the note, so that nothing below it moves.
  constexpr int kLines = 2;
  if (form.status().loading) {
    const float y = form.y();
    draw_loading_bar(form.canvas(), {form.x0(), y - 8, form.x0() + form.width(), y - 4}, loading);
    form.note(LongLabel("The other digits: ")
                  .add(loading_words(loading))
                  .add(". Until they are here, the run stays as it is."),
              Tone::soft, kLines);
  } else {
    form.note(form.spec().digits.size() > 2
                  ? "One output per digit; going back to two also brings back the book's loss."
                  : "Choosing more than two also sets the loss to cross-entropy.",
              Tone::faint, kLines);
  }
}

}  // namespace

void draw_data_group(ExperimentForm& form, const Loading& loading) {
  form.heading("Data");
  form.row(1);
  form.field("data");
  if (has_points(form.spec().data)) {
    form.mark_drawn("digits");
    form.note(LongLabel(kData[form.spec().data].words.meaning).add("."));
  } else {
    draw_digits(form, loading);
  }
  form.row(2);
  form.fields(FieldGroup::data);
  form.row(1);
}

}  // namespace downhill::ui
