// Step 5 large: the weights before, what is added to them, and the weights after.
#include <cmath>

#include "ui/panels/heat_pair.hpp"
#include "ui/panels/stage.hpp"

namespace downhill::ui {

void draw_step_view(StageContext& c, const Rect& rect) {
  Canvas& canvas = c.canvas;
  const Status& s = c.snapshot.status;
  Readings& r = c.readings;
  Rect rest = rect;
  const Rect figures = rest.cut_top(56);
  float x = figures.x0;
  const bool known = r.step_ready;
  const float size = r.after_step ? s.update_norm : s.gradient_norm * r.step_lr;
  const float gap = rect.width() > 480 ? 32.0f : 16.0f;
  x += draw_figure(canvas, {x, figures.y0}, 64, "learning rate", rate(r.step_lr), "How far one step goes.", Tone::rate) + gap;
  x += draw_figure(canvas, {x, figures.y0}, 64, "× length of gradient", known ? number(s.gradient_norm) : "–", "The L2 norm over all weights.") + gap;
  if (x + 60 < figures.x1) x += draw_figure(canvas, {x, figures.y0}, 64, "= step", known ? number(size) : "–", "How far the weights move, all together.") + gap;
  if (x + 110 < figures.x1) {
    draw_figure(canvas, {x, figures.y0}, 64, "of the weights", known && s.weight_norm > 0 ? percent(size / s.weight_norm, 2) : "–",
                "The step's length beside the length of all weights.");
  }
  rest.cut_top(8);
  const std::string_view before = r.after_step ? "Before" : "Now", after = r.after_step ? "Now" : "After";
  const std::vector<float>& now = c.snapshot.parameters.values;
  const std::span<const float> first = known ? (r.after_step ? std::span<const float>(r.before) : std::span<const float>(now)) : std::span<const float>(now);
  const std::span<const float> last = known ? (r.after_step ? std::span<const float>(now) : std::span<const float>(r.before)) : std::span<const float>();
  const std::span<const float> change = known ? std::span<const float>(r.change) : std::span<const float>();
  const HeatColumn columns[3] = {
      {.name = "weights-before", .title = before, .help = "The weights before the step.", .key = 4, .values = first, .scale = &r.weights},
      {.name = "change", .title = "− rate × gradient", .help = "What the step adds: against the gradient.", .key = 5, .values = change, .scale = &r.changes},
      {.name = "weights-after", .title = after, .help = "The weights after the step.", .key = 6, .values = last, .scale = &r.weights}};
  const bool stacked = rest.width() < 420;
  const int shown = stacked ? 2 : 3;
  const float between = 24;
  const float w = (rest.width() - between * static_cast<float>(shown - 1)) / static_cast<float>(shown);
  std::optional<uint32_t> pointed;
  for (int i = 0; i < shown; ++i) {
    const float left = rest.x0 + (w + between) * static_cast<float>(i);
    const HeatColumn& column = columns[stacked ? i + 1 : i];
    const HeatFrame frame = draw_heat_column(canvas, {left, rest.y0, left + w, std::min(rest.y1, rest.y0 + w * 1.6f + kHeatHead + kHeatFoot)}, column,
                                             c.snapshot, c.selection, c.requests);
    if (frame.hovered) pointed = frame.hovered;
  }
  c.selection.pointed = pointed;
}

}  // namespace downhill::ui
