// Step 4 large: weights and gradient side by side, one weight's numbers, and the proof by nudging.
#include <cmath>

#include "ui/panels/heat_pair.hpp"
#include "ui/panels/stage.hpp"

namespace downhill::ui {
namespace {

// The weight under the mouse, or else the chosen one.
void draw_weight(StageContext& c, const Rect& rect) {
  Canvas& canvas = c.canvas;
  const Parameters& p = c.snapshot.parameters;
  const std::optional<uint32_t> index =
      c.selection.pointed ? c.selection.pointed : c.selection.probe;
  const Rect head{rect.x0, rect.y0, rect.x1, rect.y0 + 20};
  if (!index || *index >= p.values.size()) {
    canvas.text_in(head, Type::strong, Tone::ink, "One weight");
    canvas.paragraph(
        {rect.x0, rect.y0 + 24, rect.x1, rect.y1}, Type::small, Tone::soft,
        c.selection.unit < 0 && !p.layers.empty() && p.layers.front().out > 1
            ? "Point at a pixel to read it. Click a tile to enlarge it, then a pixel to nudge its "
              "weight."
            : "Point at a pixel to read it. Click it to nudge its weight and watch the loss.",
        3);
    return;
  }
  canvas.text_in(head, Type::strong, Tone::ink,
                 Label(c.readings.after_step ? "Last step of " : "Weight of ")
                     .add(parameter_words(p, *index)));
  const float value = p.values[*index];
  const bool known = *index < p.gradients.size();
  const float gradient = known ? p.gradients[*index] : std::numeric_limits<float>::quiet_NaN();
  // Before the step: what it would do. After it: what it did.
  const bool done = c.readings.after_step;
  const float move = -(c.readings.step_lr * gradient);
  const float before = done ? value - move : value, after = done ? value : value + move;
  const float w = rect.width() / 4;
  const Vec at{rect.x0, rect.y0 + 24};
  draw_figure(canvas, at, 0, done ? "weight before" : "weight", signed_number(before),
              "Its value before the step.", before < 0 ? Tone::seven_text : Tone::three_text);
  draw_figure(canvas, {at.x + w, at.y}, 0, "gradient", signed_number(gradient),
              "How much the loss grows per unit of this weight.",
              gradient < 0 ? Tone::seven_text : Tone::three_text);
  draw_figure(canvas, {at.x + 2 * w, at.y}, 0, "−rate × gradient", signed_number(move),
              "What the step adds to it: against the gradient.",
              move < 0 ? Tone::seven_text : Tone::three_text);
  draw_figure(canvas, {at.x + 3 * w, at.y}, 0, done ? "weight now" : "new weight",
              signed_number(after),
              done ? "Its value after the step." : "Its value if the step were taken now.",
              after < 0 ? Tone::seven_text : Tone::three_text);
}

void draw_probe(StageContext& c, const Rect& rect) {
  Canvas& canvas = c.canvas;
  const Rect head{rect.x0, rect.y0, rect.x1, rect.y0 + 20};
  const std::optional<Probe>& probe = c.snapshot.probe;
  if (!c.selection.probe || !probe || probe->parameter != *c.selection.probe) {
    canvas.text_in(head, Type::strong, Tone::ink, "Nudged");
    canvas.paragraph(
        {rect.x0, rect.y0 + 24, rect.x1, rect.y1}, Type::small, Tone::soft,
        "A slope can be found by trying: move one weight a little, measure the loss again. "
        "The gradient gives the same slope, for all weights at once.",
        3);
    return;
  }
  canvas.text_in(head, Type::strong, Tone::ink,
                 Label("Nudged by ").add(rate(probe->nudge)).add(", from its value now"));
  const float w = rect.width() / 4;
  const Vec at{rect.x0, rect.y0 + 24};
  draw_figure(canvas, at, 0, "loss below", number(probe->loss_down),
              "The loss of this batch with the weight made smaller by the nudge.");
  draw_figure(canvas, {at.x + w, at.y}, 0, "loss above", number(probe->loss_up),
              "The loss of this batch with the weight made larger by the nudge.");
  draw_figure(canvas, {at.x + 2 * w, at.y}, 0, "rise over run", signed_number(probe->slope),
              "(loss above − loss below) ÷ (2 × nudge): the slope, by trying.",
              probe->slope < 0 ? Tone::seven_text : Tone::three_text);
  draw_figure(canvas, {at.x + 3 * w, at.y}, 0, "autograd", signed_number(probe->gradient),
              "The slope that going backward through the model gives.",
              probe->gradient < 0 ? Tone::seven_text : Tone::three_text);
}

}  // namespace

void draw_gradient_view(StageContext& c, const Rect& rect) {
  Rect rest = rect;
  constexpr float kFigures = 76;
  const bool side_by_side = rect.width() > 700;
  const float below = side_by_side ? kFigures : 2 * kFigures + 16;
  const bool room = rest.height() > below + 180;
  const float square = (rect.width() - 24) / 2 + kHeatHead + kHeatFoot;
  const Rect images =
      rest.cut_top(room ? std::min(rest.height() - below - 16, square * 1.2f) : rest.height());
  const float low =
      draw_heat_pair(c.canvas, images, c.snapshot, c.readings, c.selection, c.requests, true);
  if (!room) return;
  Rect figures{rest.x0, low + 20, rest.x1, low + 20 + below};
  c.canvas.rule(figures.x0, figures.x1, figures.y0 - 10, Tone::line);
  if (side_by_side) {
    draw_weight(c, figures.cut_left(figures.width() / 2 - 16));
    figures.cut_left(32);
    draw_probe(c, figures);
  } else {
    draw_weight(c, figures.cut_top(kFigures));
    figures.cut_top(16);
    draw_probe(c, figures);
  }
}

}  // namespace downhill::ui
