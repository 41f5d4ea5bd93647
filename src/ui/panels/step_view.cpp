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
  x += draw_figure(canvas, {x, figures.y0}, 64, "learning rate", rate(r.step_lr),
                   "How far one step goes.", Tone::rate) +
       gap;
  x += draw_figure(canvas, {x, figures.y0}, 64, "× length of gradient",
                   known ? number(s.gradient_norm) : "–", "The L2 norm over all weights.") +
       gap;
  if (x + 60 < figures.x1)
    x += draw_figure(canvas, {x, figures.y0}, 64, "= step", known ? number(size) : "–",
                     "How far the weights move, all together.") +
         gap;
  if (x + 110 < figures.x1) {
    draw_figure(canvas, {x, figures.y0}, 64, "of the weights",
                known && s.weight_norm > 0 ? percent(size / s.weight_norm, 2) : "–",
                "The step's length beside the length of all weights.");
  }
  rest.cut_top(8);
  const std::string_view before = r.after_step ? "Before" : "Now",
                         after = r.after_step ? "Now" : "After";
  const std::vector<float>& now = c.snapshot.parameters.values;
  const std::span<const float> first =
      known ? (r.after_step ? std::span<const float>(r.before) : std::span<const float>(now))
            : std::span<const float>(now);
  const std::span<const float> last =
      known ? (r.after_step ? std::span<const float>(now) : std::span<const float>(r.before))
            : std::span<const float>();
  const std::span<const float> change =
      known ? std::span<const float>(r.change) : std::span<const float>();
  const HeatColumn columns[3] = {{.name = "weights-before",
                                  .title = before,
                                  .help = "The weights before the step.",
                                  .key = 4,
                                  .version = r.live_version,
                                  .values = first,
                                  .scale = &r.weights},
                                 {.name = "change",
                                  .title = "− rate × gradient",
                                  .help = "What the step adds: against the gradient.",
                                  .key = 5,
                                  .version = r.live_version,
                                  .values = change,
                                  .scale = &r.changes},
                                 {.name = "weights-after",
                                  .title = after,
                                  .help = "The weights after the step.",
                                  .key = 6,
                                  .version = r.live_version,
                                  .values = last,
                                  .scale = &r.weights}};
  // Three in a row where the stage is wide; else before and after above the change, which is what
  // the eye compares.
  constexpr float kBetween = 24;
  const bool row = rest.width() > 1.5f * rest.height();
  const float w = row ? (rest.width() - 2 * kBetween) / 3 : (rest.width() - kBetween) / 2;
  const float h = row ? rest.height() : (rest.height() - 16) / 2;
  const Rect places[3] = {Rect::at(rest.x0, rest.y0, w, h),
                          row ? Rect::at(rest.x0 + w + kBetween, rest.y0, w, h)
                              : Rect::at(rest.x0, rest.y0 + h + 16, w, h),
                          Rect::at(rest.x0 + (w + kBetween) * (row ? 2.0f : 1.0f), rest.y0, w, h)};
  std::optional<uint32_t> pointed;
  for (int i = 0; i < 3; ++i) {
    const HeatFrame frame =
        draw_heat_column(canvas, places[i], columns[i], c.snapshot, c.selection, c.requests);
    if (frame.hovered) pointed = frame.hovered;
  }
  if (!row) {
    const Rect beside{places[2].x0, places[1].y0 + kHeatHead, places[2].x1, places[1].y1};
    canvas.paragraph(
        beside, Type::small, Tone::soft,
        "The gradient points uphill, so the step goes the other way. The learning rate decides how "
        "far: the same picture, only "
        "stronger or fainter.",
        std::max(1, static_cast<int>(beside.height() / canvas.metrics(Type::small).line)));
  }
  c.selection.pointed = pointed;
}

}  // namespace downhill::ui
