// The view of phase 4, Gradient: weights and gradient side by side, the numbers of one weight, and
// a check of its slope by nudging it.
#include <array>

#include "ui/panels/heat_pair.hpp"
#include "ui/panels/layer_chooser.hpp"
#include "ui/panels/stage.hpp"
#include "ui/panels/weight_tie.hpp"
#include "ui/parameter_words.hpp"

namespace downhill::ui {
namespace {

constexpr float kFigures = kEquation, kLeastImages = 180;  // dp of height

bool probe_is_known(const StageContext& c) {
  return c.selection.probe && c.snapshot.probe && c.snapshot.probe->parameter == *c.selection.probe;
}

// A click enlarges a tile, and sets the probe only in an enlarged one.
bool enlarges(const StageContext& c) {
  const LayerInfo* layer = chosen_layer(c.snapshot, c.selection);
  return layer != nullptr && c.selection.unit < 0 && tiles_of(*layer).units > 1;
}

}  // namespace

void draw_probe(StageContext& c, const Rect& rect) {
  Canvas& canvas = c.canvas;
  const Rect head{rect.x0, rect.y0, rect.x1, rect.y0 + 20};
  if (!probe_is_known(c)) {
    canvas.text_in(head, Type::strong, Tone::ink, "Nudged");
    canvas.paragraph(
        {rect.x0, rect.y0 + 24, rect.x1, rect.y1}, Type::small, Tone::soft,
        enlarges(c) ? "A slope can be measured: click a tile, then a weight, to move it a little "
                      "and compute the loss again. The gradient gives all slopes at once."
                    : "A slope can be measured: click a weight to move it a little and compute "
                      "the loss again. The gradient gives all slopes at once.",
        3);
    return;
  }
  const Probe& probe = *c.snapshot.probe;
  // Which weight, and of which moment: the figures beside it may be of the one under the mouse, and
  // of the step that led here.
  const bool done = c.readings.after_step;
  LongLabel title("Nudged by ");
  title.add(rate(probe.nudge)).add(done ? " after the step: " : ": ");
  title.add(parameter_words(c.snapshot, probe.parameter));
  if (canvas.width(Type::strong, title) > rect.width()) {
    title = LongLabel("Nudged: ").add(parameter_words(c.snapshot, probe.parameter));
  }
  canvas.text_in(head, Type::strong, Tone::ink, title);
  const float w = rect.width() / 4;
  const Vec at{rect.x0, rect.y0 + 24};
  // Two losses agree in more digits than fit. Their differences from the loss between them are
  // exact, and the slope follows from what is printed.
  const auto side = [&](int i, std::string_view caption, std::string_view way, float loss) {
    draw_figure(canvas, {at.x + w * static_cast<float>(i), at.y}, 0, caption,
                signed_number(loss - probe.loss),
                LongLabel("The change of this batch's loss, ")
                    .add(number(probe.loss))
                    .add(", with the weight made ")
                    .add(way)
                    .add(" by the nudge."));
  };
  side(0, "change below", "smaller", probe.loss_down);
  side(1, "change above", "larger", probe.loss_up);
  draw_figure(canvas, {at.x + 2 * w, at.y}, 0, "rise over run", signed_number(probe.slope),
              "(change above − change below) ÷ (2 × nudge): the slope, measured.",
              sign_tone(probe.slope));
  draw_figure(canvas, {at.x + 3 * w, at.y}, 0, done ? "gradient now" : "gradient",
              signed_number(probe.gradient),
              "The same slope from backpropagation, with the present weights and this batch. A "
              "frozen weight has one, too, but no step follows it.",
              sign_tone(probe.gradient));
}

namespace {

// On a low stage all choices share one row.
bool in_one_row(const Rect& rect) { return rect.height() < 420 && rect.width() > 600; }

// The choice between the gradient of the batch and that of the selected image, cut off the right of
// the row.
void draw_gradient_choice(StageContext& c, Rect& row) {
  if (c.selection.by_layers || !c.selection.image) return;
  constexpr std::array<std::string_view, 2> kChoices = {"of the batch", "of one image"};
  const float w = segmented_width(c.canvas, kChoices);
  if (w > row.width()) return;
  if (const auto clicked = segmented(c.canvas, "whose-gradient", row.cut_right(w), kChoices,
                                     c.selection.own_gradient ? 1 : 0,
                                     "The gradient of the batch is the mean over its images. The "
                                     "other is that of the selected image alone.")) {
    c.selection.own_gradient = *clicked == 1;
  }
}

// The choices above the pictures: one layer or all of them, and whose gradient.
void draw_choices(StageContext& c, Rect& rest, bool one_row) {
  // Beside the choice of views, where there is room.
  const float needed = (one_row ? 560.0f : 210.0f) + (c.selection.image ? 240.0f : 0.0f);
  const bool beside = c.beside_tabs.width() > needed;
  Rect row = beside ? c.beside_tabs : rest.cut_top(one_row ? kLayerChooser : 30);
  if (!beside) rest.cut_top(10);
  draw_by_layers_choice(c, row);
  draw_gradient_choice(c, row);
  row = row.inset(16, 0);
  if (one_row && !c.selection.by_layers) draw_layer_row(c.canvas, row, c.snapshot, c.selection);
}

// Above the probe: with the gradient of one image the terms may stand below each other.
float equation_height(const StageContext& c) {
  return c.selection.shows_own_gradient() ? 146.0f : kFigures;
}

// Draws both blocks of figures, or the more relevant one where there is no room for two.
void draw_figures(StageContext& c, Rect figures, bool side_by_side, bool both) {
  c.canvas.rule(figures.x0, figures.x1, figures.y0 - 10, Tone::line);
  if (!both) {
    if (probe_is_known(c) && !c.selection.pointed) return draw_probe(c, figures);
    draw_weight_equation(c, figures);
  } else if (side_by_side) {
    draw_weight_equation(c, figures.cut_left(figures.width() / 2 - 16));
    figures.cut_left(32);
    draw_probe(c, figures);
  } else {
    draw_weight_equation(c, figures.cut_top(equation_height(c)));
    figures.cut_top(16);
    draw_probe(c, figures);
  }
}

}  // namespace

uint32_t gradient_parts(const Selection& selection) {
  if (selection.by_layers) return kPartStatistics;
  return kPartWeights | kPartGradients | kPartChanges | kPartProbe |
         (selection.own_gradient ? uint32_t{kPartSampleGradient} : 0);
}

void draw_gradient_view(StageContext& c, const Rect& rect) {
  Rect rest = rect;
  const bool one_row = in_one_row(rect);
  draw_choices(c, rest, one_row);
  if (c.selection.by_layers) return draw_statistics(c, rest);
  const bool side_by_side = rect.width() > 700;
  const float two = side_by_side ? kFigures : equation_height(c) + 16 + kFigures;
  const bool both = rest.height() > two + 16 + kLeastImages;
  const float below = both ? two : kFigures;
  const bool room = rest.height() > below + 16 + kHeatHead + kHeatFoot + 56;
  const float square = (rect.width() - 24) / 2 + kHeatHead + kHeatFoot;
  const Rect images =
      rest.cut_top(room ? std::min(rest.height() - below - 16, square * 1.2f) : rest.height());
  const float low = draw_heat_pair(c.canvas, images, c.snapshot, c.readings, c.selection,
                                   c.requests, true, !one_row, true);
  if (!room) return;
  draw_figures(c, {rest.x0, std::min(low, images.y1) + 20, rest.x1, rect.y1}, side_by_side, both);
}

}  // namespace downhill::ui
