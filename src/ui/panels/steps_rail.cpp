#include "ui/panels/steps_rail.hpp"

#include <array>
#include <cmath>

#include "ui/panels/step_texts.hpp"
#include "ui/widgets.hpp"

namespace downhill::ui {
namespace {

constexpr float kRadius = 13, kTrack = 28;  // the circles' centre from the left edge of the rail
constexpr float kText = 56;                 // where names begin

float center_y(const Rect& rect, float row, float step) {
  return rect.y0 + row * step + std::min(17.0f, row / 2);
}

}  // namespace

void StepsRail::move_marker(const Status& status, float elapsed) {
  const bool fast = too_fast_for_eyes(status);
  const float ease = 1 - std::exp(-elapsed * 9);
  lit_ += ((fast ? 1.0f : 0.0f) - lit_) * ease;
  if (fast) return;
  marker_ += (static_cast<float>(status.phase) - marker_) * ease;
}

void StepsRail::draw_loop(const Status& status, Canvas& canvas, const Rect& rect, float row) const {
  const float x = rect.x0 + kTrack;
  canvas.rule_down(x, center_y(rect, row, 0), center_y(rect, row, 6), Tone::line_strong);
  // From Repeat the way leads back up to Predict.
  const float top = center_y(rect, row, 1), bottom = center_y(rect, row, 5);
  const float out = x - kTrack + 4;
  const Tone tone = lit_ > 0.5f ? Tone::ink : Tone::line_strong;
  const float bend = 8;
  canvas.line({x - kRadius, bottom}, {out + bend, bottom}, tone);
  canvas.arc({out + bend, bottom - bend}, bend, 1.5707963f, 3.1415927f, tone, 1);
  canvas.line({out, bottom - bend}, {out, top + bend}, tone);
  canvas.arc({out + bend, top + bend}, bend, 3.1415927f, 4.712389f, tone, 1);
  const float tip = x - kRadius - 1;
  canvas.triangle({tip, top}, {tip - 5, top - 3.5f}, {tip - 5, top + 3.5f}, tone);
  if (lit_ > 0.02f) canvas.line({x, top}, {x, bottom}, Tone::ink, 2, lit_);
  (void)status;
}

void StepsRail::draw(const Snapshot& snapshot, const Readings& readings, Canvas& canvas,
                     const Rect& rect, Selection& selection, Requests& requests) {
  move_marker(snapshot.status, canvas.elapsed());
  const float row = std::min(rect.height() / kPhaseCount, 88.0f);
  Rect left = rect;
  for (int i = 0; i < kPhaseCount; ++i) {  // the washes lie under the loop
    const Rect place = left.cut_top(row);
    if (selection.stage == static_cast<Phase>(i))
      canvas.fill(place.inset(0, 1).moved(0, -2), Tone::surface_deep, 8);
  }
  draw_loop(snapshot.status, canvas, rect, row);
  if (lit_ < 0.98f) {
    canvas.dot({rect.x0 + kTrack, center_y(rect, row, marker_)}, kRadius + 4, Tone::ink,
               0.14f * (1 - lit_));
  }
  left = rect;
  for (int i = 0; i < kPhaseCount; ++i) {
    draw_step(snapshot, readings, canvas, left.cut_top(row), static_cast<Phase>(i), selection,
              requests);
  }
}

void StepsRail::draw_step(const Snapshot& snapshot, const Readings& readings, Canvas& canvas,
                          const Rect& rect, Phase phase, Selection& selection, Requests& requests) {
  const Status& status = snapshot.status;
  const StepText& text = step_text(phase);
  const int index = static_cast<int>(phase);
  const bool next = status.ready && !status.running && status.next == phase;
  const bool done =
      status.ready && std::abs(marker_ - static_cast<float>(index)) < 0.5f && lit_ < 0.5f;
  const BasicLabel<32> name = BasicLabel<32>("step:").add(phase_name(phase));
  const float button_width = canvas.touch() ? 44.0f : 32.0f;
  const Rect place = rect.inset(0, 1).moved(0, -2);
  const Rect words{place.x0, place.y0, place.x1 - button_width - 8, place.y1};

  const Hit hit = canvas.hit(name, words);
  if (hit.hovered && selection.stage != phase) canvas.fill(words, Tone::surface, 8);
  if (hit.clicked) {
    selection.stage = selection.stage == phase ? std::nullopt : std::optional(phase);
    selection.tab = Tab::stage;
  }

  const float y = rect.y0 + std::min(17.0f, rect.height() / 2);
  const Vec center{rect.x0 + kTrack, y};
  canvas.dot(center, kRadius, done ? Tone::ink : Tone::paper);
  canvas.ring(center, kRadius, done ? Tone::ink : Tone::line_strong, 1);
  const Label digit = Label().format("%d", index + 1);
  canvas.text_center(center.x, canvas.baseline(Type::small_strong, y), Type::small_strong,
                     done ? Tone::paper : Tone::soft, digit);

  // The name and the live number share a baseline.
  const float baseline = canvas.baseline(Type::strong, y);
  const float x = rect.x0 + kText;
  const float name_width = canvas.text(x, baseline, Type::strong, Tone::ink, text.name);
  const LiveNumber live = live_number(phase, snapshot, readings);
  const float number_width = canvas.width(Type::strong, live.number);
  const float unit_width = live.unit.empty() ? 0 : canvas.width(Type::small, live.unit) + 5;
  const float room = words.x1 - x - name_width - 12;
  float end = words.x1 - 4;
  const bool with_unit = number_width + unit_width <= room;
  if (with_unit && unit_width > 0) {
    canvas.text_right(end, baseline, Type::small, Tone::faint, live.unit);
    end -= unit_width;
  }
  if (number_width <= room) canvas.text_right(end, baseline, Type::strong, Tone::ink, live.number);
  if (live.trend != 0 && with_unit) {
    const Vec at{end - number_width - 9, y};
    const float d = live.trend > 0 ? -3.5f : 3.5f;
    canvas.triangle({at.x, at.y + d}, {at.x - 4, at.y - d}, {at.x + 4, at.y - d}, Tone::soft);
  }
  canvas.explain({words.x1 - number_width - unit_width - 4, y - 10, words.x1, y + 10},
                 live.meaning);

  const float line = canvas.metrics(Type::small).line;
  const int lines = static_cast<int>((rect.y1 + 2 - (y + 9)) / line);
  if (lines > 0) {
    canvas.paragraph({x, y + 9, words.x1, rect.y1}, Type::small, Tone::soft, text.sentence,
                     std::min(lines, 2));
  }
  const BasicLabel<32> do_name = BasicLabel<32>("do:").add(phase_name(phase));
  const float button_height = std::min(canvas.touch() ? 44.0f : 32.0f, rect.height() - 2);
  const Rect do_it = Rect::at(place.x1 - button_width, place.center().y - button_height / 2,
                              button_width, button_height);
  const bool possible = status.ready && !(phase == Phase::stop && status.finished);
  if (button(canvas, do_name, do_it, next ? ButtonLook::primary : ButtonLook::outlined,
             {.icon = text.icon, .help = text.do_it}, possible)) {
    requests.advance(phase);
  }
}

}  // namespace downhill::ui
