#include "ui/panels/steps_rail.hpp"

#include <array>
#include <cmath>

#include "ui/panels/step_texts.hpp"
#include "ui/widgets.hpp"

namespace downhill::ui {
namespace {

constexpr float kRadius = 13;
// dp from the left edge of the rail: the centres of the circles, the line back, the names.
constexpr float kTrack = 28, kReturn = 4, kText = 56;
constexpr float kPi = 3.14159265f;

float center_y(const Rect& rect, float row, float step) {
  return rect.y0 + row * step + std::min(17.0f, row / 2);
}

}  // namespace

void StepsRail::move_marker(const Status& status, float elapsed) {
  const bool fast = too_fast_for_eyes(status);
  const float ease = 1 - std::exp(-elapsed * 9);
  lit_ += ((fast ? 1.0f : 0.0f) - lit_) * ease;
  if (fast) {
    way_back_ = 0;
    return;
  }
  const auto target = static_cast<float>(status.phase);
  if (status.phase == Phase::predict && marker_ > 4.5f && marker_ < 5.5f && way_back_ == 0)
    way_back_ = 1;
  if (way_back_ > 0) {  // from Repeat around the loop, not through the phases between
    way_back_ = std::max(0.0f, way_back_ - elapsed / 0.35f);
    marker_ = way_back_ > 0 ? 5.0f : 1.0f;
    return;
  }
  marker_ += (target - marker_) * ease;
}

void StepsRail::draw_loop(Canvas& canvas, const Rect& rect, float row) const {
  const float x = rect.x0 + kTrack;
  canvas.rule_down(x, center_y(rect, row, 0), center_y(rect, row, 6), Tone::line_strong);
  // The line back from Repeat up to Predict.
  const float top = center_y(rect, row, 1), bottom = center_y(rect, row, 5);
  const float out = rect.x0 + kReturn, bend = 8;
  const Tone tone = lit_ > 0.5f ? Tone::ink : Tone::line_strong;
  canvas.line({x - kRadius, bottom}, {out + bend, bottom}, tone);
  canvas.arc({out + bend, bottom - bend}, bend, kPi / 2, kPi, tone, 1);
  canvas.line({out, bottom - bend}, {out, top + bend}, tone);
  canvas.arc({out + bend, top + bend}, bend, kPi, kPi * 1.5f, tone, 1);
  const float tip = x - kRadius - 1;
  canvas.triangle({tip, top}, {tip - 5, top - 3.5f}, {tip - 5, top + 3.5f}, tone);
  if (lit_ > 0.02f) canvas.line({x, top}, {x, bottom}, Tone::ink, 2, lit_);
}

void StepsRail::draw_marker(Canvas& canvas, const Rect& rect, float row) const {
  const float x = rect.x0 + kTrack;
  for (int i = 0; i < kPhaseCount; ++i) {
    const Vec center{x, center_y(rect, row, static_cast<float>(i))};
    canvas.dot(center, kRadius, Tone::paper);
    canvas.ring(center, kRadius, Tone::line_strong, 1);
  }
  if (lit_ > 0.98f) return;
  if (way_back_ > 0) {
    const float top = center_y(rect, row, 1), bottom = center_y(rect, row, 5);
    const float eased = way_back_ * way_back_ * (3 - 2 * way_back_);
    canvas.dot({rect.x0 + kReturn, top + (bottom - top) * eased}, 4, Tone::ink);
    return;
  }
  canvas.dot({x, center_y(rect, row, marker_)}, kRadius, Tone::ink, 1 - lit_);
}

void StepsRail::draw(const Snapshot& snapshot, const Readings& readings, Canvas& canvas,
                     const Rect& rect, Selection& selection, Requests& requests) {
  move_marker(snapshot.status, canvas.elapsed());
  const float row = std::min(rect.height() / kPhaseCount, 88.0f);
  Rect left = rect;
  for (int i = 0; i < kPhaseCount; ++i) {  // backgrounds first, under the loop
    const Rect place = left.cut_top(row).inset(0, 1).moved(0, -2);
    const bool chosen = selection.stage == static_cast<Phase>(i);
    if (chosen || hovered_ == i) canvas.fill(place, chosen ? Tone::surface_deep : Tone::surface, 8);
  }
  draw_loop(canvas, rect, row);
  if (snapshot.status.ready) draw_marker(canvas, rect, row);
  left = rect;
  hovered_ = -1;
  for (int i = 0; i < kPhaseCount; ++i) {
    draw_step(snapshot, readings, canvas, left.cut_top(row), static_cast<Phase>(i), selection,
              requests);
  }
}

void StepsRail::draw_step(const Snapshot& snapshot, const Readings& readings, Canvas& canvas,
                          const Rect& rect, Phase phase, Selection& selection, Requests& requests) {
  const StepText& text = step_text(phase);
  const auto index = static_cast<float>(phase);
  const float button_width = canvas.touch() ? 44.0f : 32.0f;
  const Rect place = rect.inset(0, 1).moved(0, -2);
  const Rect words{place.x0, place.y0, place.x1 - button_width - 8, place.y1};
  const Hit hit = canvas.hit(BasicLabel<32>("step:").add(phase_name(phase)), words);
  if (hit.hovered) hovered_ = static_cast<int>(phase);
  if (hit.clicked) {
    const bool shown =
        selection.panel == Panel::steps && selection.stage == phase && !selection.inspecting;
    shown ? selection.stage.reset() : selection.open(phase);
    selection.tab = Tab::stage;
  }
  const float y = center_y(rect, rect.height(), 0);
  const bool marked =
      snapshot.status.ready && std::abs(marker_ - index) < 0.4f && lit_ < 0.5f && way_back_ == 0;
  canvas.text_center(rect.x0 + kTrack, canvas.baseline(Type::small_strong, y), Type::small_strong,
                     marked ? Tone::paper : Tone::soft,
                     Label().format("%d", static_cast<int>(phase) + 1));
  const float x = rect.x0 + kText;
  const float name =
      canvas.text(x, canvas.baseline(Type::strong, y), Type::strong, Tone::ink, text.name);
  draw_number(canvas, {x + name + 12, y - 10, words.x1 - 4, y + 10},
              live_number(phase, snapshot, readings),
              is_of_last_batch(phase, snapshot.status) ? Tone::faint : Tone::ink);
  const float line = canvas.metrics(Type::small).line;
  const int lines = std::min(static_cast<int>((rect.y1 + 2 - (y + 9)) / line), 2);
  if (lines > 0) {
    LongLabel sentence = step_sentence(phase, snapshot.spec);
    const float room = line * static_cast<float>(lines) + 0.5f;
    if (canvas.paragraph_height(words.x1 - x, Type::small, sentence) > room)
      sentence = step_brief(phase, snapshot.spec);
    canvas.paragraph({x, y + 9, words.x1, rect.y1}, Type::small, Tone::soft, sentence, lines);
  }
  const float height = std::min(button_width, rect.height() - 2);
  draw_button(snapshot, canvas,
              Rect::at(words.x1 + 8, place.center().y - height / 2, button_width, height), phase,
              requests);
}

// On the baseline of the phase's name, right-aligned; where space is short, the unit is left out.
void StepsRail::draw_number(Canvas& canvas, const Rect& rect, const LiveNumber& live,
                            Tone tone) const {
  const float y = rect.center().y, baseline = canvas.baseline(Type::strong, y);
  const float number = canvas.width(Type::strong, live.number);
  const float unit = live.unit.empty() ? 0 : canvas.width(Type::small, live.unit) + 5;
  const bool with_unit = number + unit <= rect.width();
  float end = rect.x1;
  if (with_unit && unit > 0) {
    canvas.text_right(end, baseline, Type::small, Tone::faint, live.unit);
    end -= unit;
  }
  if (number <= rect.width())
    canvas.text_right(end, baseline, Type::strong, tone, live.number);
  if (live.trend != 0 && with_unit) {
    const Vec at{end - number - 9, y};
    const float d = live.trend > 0 ? -3.5f : 3.5f;
    canvas.triangle({at.x, at.y + d}, {at.x - 4, at.y - d}, {at.x + 4, at.y - d}, Tone::soft);
  }
  canvas.explain({end - number - 12, rect.y0, rect.x1, rect.y1},
                 LongLabel(tone == Tone::faint ? "Of the batch before this one. " : "")
                     .add(live.meaning));
}

void StepsRail::draw_button(const Snapshot& snapshot, Canvas& canvas, const Rect& rect, Phase phase,
                            Requests& requests) const {
  const Status& status = snapshot.status;
  const StepText& text = step_text(phase);
  const bool next = status.ready && !status.running && status.next == phase;
  const bool possible = status.ready && !(phase == Phase::stop && status.finished);
  if (button(canvas, BasicLabel<32>("do:").add(phase_name(phase)), rect,
             next ? ButtonLook::primary : ButtonLook::outlined,
             {.icon = text.icon, .help = step_do_it(phase, snapshot.spec)}, possible)) {
    requests.advance(phase);
  }
}

}  // namespace downhill::ui
