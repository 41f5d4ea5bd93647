#include "ui/panels/experiment_sheet.hpp"

#include <algorithm>

namespace downhill::ui {
namespace {

constexpr float kTitle = 32, kBetween = 36, kLeastColumn = 240;
constexpr std::string_view kLegend =
    "acts on the next step. Any other change starts the run again.";

float draw_legend(Canvas& canvas, const Rect& rect) {
  canvas.dot({rect.x0 + 3, rect.y0 + 9}, 2, Tone::ink);
  return canvas.paragraph({rect.x0 + 12, rect.y0, rect.x1, rect.y1 + 40}, Type::small, Tone::faint,
                          kLegend);
}

}  // namespace

void ExperimentSheet::update(const Snapshot& snapshot, bool changed, const Loading& loading) {
  loading_ = loading;
  if (changed) {
    form_.forget_refusal();
    model_.update(snapshot.spec);
    presets_.update(snapshot.spec);
  }
  schedule_.update(snapshot.spec, snapshot.status);
}

void ExperimentSheet::draw_title(Canvas& canvas, const Rect& rect, Selection& selection) {
  Rect row = rect;
  const float w = canvas.width(Type::body, "Done") + 44;
  const bool escaped = escape_pressed();
  if (button(canvas, "experiment-done", row.cut_right(w), ButtonLook::quiet,
             {.label = "Done", .icon = "✕", .help = "Back to the stage. Key: Escape."}) ||
      escaped) {
    selection.panel = Panel::steps;
  }
  canvas.text_in(row, Type::heading, Tone::ink, "The experiment");
}

float ExperimentSheet::draw_groups(const Rect& rect, Selection& selection) {
  const auto left = [&](const Rect& column) {
    form_.begin_column(column);
    draw_data_group(form_, loading_);
    model_.draw(form_);
    return form_.y();
  };
  const auto right = [&](const Rect& column) {
    form_.begin_column(column);
    draw_loss_group(form_);
    draw_optimizer_group(form_);
    schedule_.draw(form_);
    draw_training_group(form_, selection);
    return form_.y();
  };
  if (rect.width() < 2 * kLeastColumn + kBetween) {
    const float y = left(rect) + 14;
    return right({rect.x0, y, rect.x1, rect.y1});
  }
  Rect rest = rect;
  const Rect first = rest.cut_left((rect.width() - kBetween) / 2);
  rest.cut_left(kBetween);
  return std::max(left(first), right(rest));
}

void ExperimentSheet::draw(const Snapshot& snapshot, const SpecTexts& texts, Canvas& canvas,
                           const Rect& rail, const Rect& stage, Selection& selection,
                           Requests& requests) {
  form_.begin(snapshot, texts, canvas, requests);
  Rect list = rail;
  const Rect title = list.cut_top(28);
  canvas.text_in(title, Type::strong, Tone::ink, "Published experiments");
  const Rect inside =
      canvas.begin_scroll("presets", list, std::max(presets_height_, list.height()));
  presets_height_ = presets_.draw(canvas, inside, requests);
  canvas.end_scroll();

  Rect rest = stage;
  draw_title(canvas, rest.cut_top(kTitle), selection);
  rest.cut_top(4);
  draw_legend(canvas, rest.cut_top(24));
  rest.cut_top(4);
  const Rect content =
      canvas.begin_scroll("experiment-groups", rest, std::max(groups_height_, rest.height()));
  groups_height_ = draw_groups(content, selection) - content.y0;
  canvas.end_scroll();
}

void ExperimentSheet::draw_narrow(const Snapshot& snapshot, const SpecTexts& texts, Canvas& canvas,
                                  const Rect& title, const Rect& rect, Selection& selection,
                                  Requests& requests) {
  form_.begin(snapshot, texts, canvas, requests);
  draw_title(canvas, title, selection);
  const Rect content =
      canvas.begin_scroll("experiment-all", rect, std::max(narrow_height_, rect.height()));
  float y = content.y0;
  canvas.text_in({content.x0, y, content.x1, y + 24}, Type::strong, Tone::ink,
                 "Published experiments");
  y += 28;
  y += presets_.draw(canvas, {content.x0, y, content.x1, content.y1}, requests) + 12;
  y += draw_legend(canvas, {content.x0, y, content.x1, y}) + 12;
  y = draw_groups({content.x0, y, content.x1, content.y1}, selection);
  narrow_height_ = y - content.y0;
  canvas.end_scroll();
}

}  // namespace downhill::ui
