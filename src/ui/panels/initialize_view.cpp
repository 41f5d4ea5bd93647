// The view of phase 1, Initialize: the weights as images, their distribution, and the layers of the
// model.
#include <algorithm>
#include <array>

#include "ui/panels/heat_pair.hpp"
#include "ui/panels/layer_chooser.hpp"
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
    if (share > 0)
      canvas.fill_color(
          {x + 0.5f, bars.y1 - std::max(1.0f, share * bars.height()), x + w - 0.5f, bars.y1},
          canvas.theme().answer_ink(t));
  }
  canvas.rule(bars.x0, bars.x1, bars.y1, Tone::line_strong);
  const float y = axis.y0 + 4 + canvas.metrics(Type::tiny).cap;
  const Label end = rate(r.weights.value());
  canvas.text(axis.x0, y, Type::tiny, Tone::faint, Label("−").add(end));
  canvas.text_center(axis.center().x, y, Type::tiny, Tone::faint, "0");
  canvas.text_right(axis.x1, y, Type::tiny, Tone::faint, Label("+").add(end));
}

// "7 × 7 × 16", without an allocation.
Label extents(const downhill::Shape& shape) {
  Label text;
  for (uint32_t axis = 0; axis < shape.rank(); ++axis) {
    text.add(axis == 0 ? "" : " × ").format("%u", static_cast<unsigned>(shape[axis]));
  }
  return text;
}

// The table of layers: each one's output shape and number of parameters.
void draw_table(StageContext& c, const Rect& rect) {
  Canvas& canvas = c.canvas;
  const std::vector<LayerSummary>& table = c.readings.table;
  Rect rest = rect;
  const float h = canvas.metrics(Type::small).line + 2;
  Rect head = rest.cut_top(h);
  canvas.text_in(head.cut_right(64), Type::tiny, Tone::faint, "weights", Align::right);
  canvas.text_in(head, Type::tiny, Tone::faint, "layer → output shape");
  canvas.rule(rect.x0, rect.x1, head.y1, Tone::line_strong);
  const Rect content =
      canvas.begin_scroll("layer-table", rest, h * static_cast<float>(table.size()));
  for (size_t i = 0; i < table.size(); ++i) {
    const LayerSummary& line = table[i];
    Rect row = Rect::at(content.x0, content.y0 + h * static_cast<float>(i), content.width(), h);
    if (row.y1 < rest.y0 || row.y0 > rest.y1) continue;
    canvas.explain(row, line.kind);
    const Rect count_place = row.cut_right(56);
    if (line.parameters > 0)
      canvas.text_in(count_place, Type::small, Tone::ink, count(line.parameters), Align::right);
    row.x0 += 8 * static_cast<float>(line.depth);
    // A layer that keeps the shape does not repeat it.
    const bool reshapes = i == 0 || line.output != table[i - 1].output;
    const Label output = reshapes ? Label(" → ").add(extents(line.output)) : Label();
    Label text = Label(line.kind).add(output);
    if (canvas.width(Type::small, text) > row.width())
      text = Label(brief_kind(line.kind)).add(output);
    canvas.text_in(row, Type::small, line.parameters > 0 ? Tone::ink : Tone::soft, text);
  }
  canvas.end_scroll();
}

void draw_facts(StageContext& c, Rect rest) {
  Canvas& canvas = c.canvas;
  const LayerInfo* layer = chosen_layer(c.snapshot, c.selection);
  const float table =
      canvas.metrics(Type::small).line * 1.1f * static_cast<float>(c.readings.table.size() + 1) + 8;
  const float below = 52 + 8 + 96;
  draw_table(c, rest.cut_top(std::min(table, std::max(96.0f, rest.height() - below))));
  rest.cut_top(12);
  if (layer == nullptr || rest.height() < 52) return;
  const Rect figures = rest.cut_top(52);
  const Label std_name = Label("std of ").add(layer->name);
  const float w =
      draw_figure(canvas, {figures.x0, figures.y0}, 96, std_name, number(c.readings.spread),
                  "Standard deviation of the weights of this layer.");
  draw_figure(canvas, {figures.x0 + w + 16, figures.y0}, 64, "mean", number(c.readings.weight_mean),
              "Mean of the weights of this layer.");
  if (rest.height() > 64) draw_histogram(c, rest.cut_top(std::min(rest.height(), 150.0f)));
}

}  // namespace

void draw_by_layers_choice(StageContext& c, Rect& row) {
  constexpr std::array<std::string_view, 2> kChoices = {"Weights", "Layer by layer"};
  if (const auto clicked =
          segmented(c.canvas, "by-layers", row.cut_left(segmented_width(c.canvas, kChoices)),
                    kChoices, c.selection.by_layers ? 1 : 0,
                    "The weights of one layer, or statistics of every layer on the batch.")) {
    c.selection.by_layers = *clicked == 1;
  }
}

uint32_t initialize_parts(const Selection& selection) {
  return selection.by_layers ? kPartStatistics : kPartWeights;
}

void draw_initialize_view(StageContext& c, const Rect& rect) {
  Canvas& canvas = c.canvas;
  Rect whole = rect;
  const bool beside = c.beside_tabs.width() > 210;
  Rect choices = beside ? c.beside_tabs : whole.cut_top(30);
  if (!beside) whole.cut_top(10);
  draw_by_layers_choice(c, choices);
  if (c.selection.by_layers) return draw_statistics(c, whole);
  draw_layer_chooser(canvas, whole, c.snapshot, c.selection);
  const bool wide = whole.width() > 520;
  Rect left = whole;
  Rect facts = wide ? left.cut_right(std::min(264.0f, whole.width() * 0.42f))
                    : left.cut_bottom(std::min(220.0f, whole.height() * 0.45f));
  if (wide) {
    facts.x0 += 16;
    left.x1 -= 16;
  }
  const HeatColumn weights{.name = "weights",
                           .title = "Weights",
                           .help = "The current weights of the selected layer.",
                           .ends = weight_ends(c.snapshot, c.selection),
                           .key = 3,
                           .version = c.readings.live_version,
                           .values = c.snapshot.parameters.values,
                           .scale = &c.readings.weights,
                           .with_choice = true};
  const HeatFrame frame =
      draw_heat_column(canvas, left, weights, c.snapshot, c.selection, c.requests);
  c.selection.pointed = frame.hovered;
  draw_facts(c, facts);
  if (c.selection.pointed) draw_weight_card(canvas, c.snapshot, c.selection, *c.selection.pointed);
}

}  // namespace downhill::ui
