// Step 1 large: the weights as images, how they are spread, and what the model is made of.
#include <cmath>

#include "ui/panels/heat_pair.hpp"
#include "ui/panels/stage.hpp"

namespace downhill::ui {
namespace {

void draw_histogram(StageContext& c, const Rect& rect) {
  Canvas& canvas = c.canvas;
  const Readings& r = c.readings;
  Rect bars = rect;
  const Rect axis = bars.cut_bottom(20);
  const float w = bars.width() / Readings::kBins;
  for (int i = 0; i < Readings::kBins; ++i) {
    const float share = r.histogram_top > 0
                            ? static_cast<float>(r.histogram[static_cast<size_t>(i)]) /
                                  static_cast<float>(r.histogram_top)
                            : 0;
    const float x = bars.x0 + w * static_cast<float>(i);
    const float t = static_cast<float>(i) / (Readings::kBins - 1) * 2 - 1;
    const float least = t < 0 ? std::min(t, -0.25f) : std::max(t, 0.25f);
    if (share > 0)
      canvas.fill_color(
          {x + 0.5f, bars.y1 - std::max(1.0f, share * bars.height()), x + w - 0.5f, bars.y1},
          canvas.theme().diverging(least));
  }
  canvas.rule(bars.x0, bars.x1, bars.y1, Tone::line_strong);
  const float y = axis.y0 + 4 + canvas.metrics(Type::tiny).cap;
  const Label end = rate(r.weights.value());
  canvas.text(axis.x0, y, Type::tiny, Tone::faint, Label("−").add(end));
  canvas.text_center(axis.center().x, y, Type::tiny, Tone::faint, "0");
  canvas.text_right(axis.x1, y, Type::tiny, Tone::faint, Label("+").add(end));
}

}  // namespace

void draw_initialize_view(StageContext& c, const Rect& rect) {
  Canvas& canvas = c.canvas;
  const bool wide = rect.width() > 520;
  Rect left = rect;
  Rect facts = wide ? left.cut_right(std::min(232.0f, rect.width() * 0.4f))
                    : left.cut_bottom(std::min(220.0f, rect.height() * 0.45f));
  if (wide) {
    facts.x0 += 16;
    left.x1 -= 16;
  }
  const HeatColumn weights{.name = "weights",
                           .title = "Weights",
                           .help = "The weights of the first layer, where the pixels come in.",
                           .key = 3,
                           .version = c.readings.live_version,
                           .values = c.snapshot.parameters.values,
                           .scale = &c.readings.weights,
                           .with_choice = true};
  const HeatFrame frame =
      draw_heat_column(canvas, left, weights, c.snapshot, c.selection, c.requests);
  c.selection.pointed = frame.hovered;
  Rect rest = facts;
  for (const LayerInfo& layer : c.snapshot.parameters.layers) {
    if (rest.height() < 130) break;
    const Rect row = rest.cut_top(44);
    canvas.text_in({row.x0, row.y0, row.x1, row.y0 + 20}, Type::strong, Tone::ink,
                   Label().format("%u → %u", layer.in, layer.out));
    canvas.text_in({row.x0, row.y0 + 20, row.x1, row.y0 + 38}, Type::small, Tone::soft,
                   Label(count(static_cast<uint64_t>(layer.in) * layer.out))
                       .add(" weights, ")
                       .add(count(layer.out))
                       .add(layer.out == 1 ? " bias" : " biases"));
  }
  rest.cut_top(8);
  const Rect figures = rest.cut_top(52);
  const float w =
      draw_figure(canvas, {figures.x0, figures.y0}, 96, "spread", number(c.readings.spread),
                  "Standard deviation of the weights of the first layer.");
  draw_figure(canvas, {figures.x0 + w + 16, figures.y0}, 80, "mean", number(c.readings.weight_mean),
              "Mean of the weights of the first layer.");
  if (rest.height() > 64) draw_histogram(c, rest.cut_top(std::min(rest.height(), 150.0f)));
}

}  // namespace downhill::ui
