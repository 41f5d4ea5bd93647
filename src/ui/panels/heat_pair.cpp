#include "ui/panels/heat_pair.hpp"

#include <algorithm>
#include <array>
#include <limits>

#include "ui/panels/layer_chooser.hpp"
#include "ui/panels/step_texts.hpp"
#include "ui/panels/weight_tie.hpp"
#include "ui/parameter_words.hpp"
#include "ui/widgets.hpp"

namespace downhill::ui {
namespace {

// "16 filters × 8 planes", or which of them are shown.
Label units_words(const HeatFrame& frame, const LayerInfo& layer, bool brief) {
  const TileWords words = tile_words(layer);
  if (frame.tiles.kind == TileKind::bars) return Label().format("%u channels", layer.out);
  if (frame.tiles.kind == TileKind::matrix)
    return brief ? Label().format("%u × %u", layer.out, layer.in)
                 : Label().format("%u %s × %u inputs", layer.out,
                                  layer.out == 1 ? words.unit : words.units, layer.in);
  Label text;
  const int first = frame.first_unit() + 1, shown = frame.units_shown(), units = frame.tiles.units;
  if (shown < units) {
    shown == 1 ? text.format("%d", first) : text.format("%d–%d", first, first + shown - 1);
    return brief ? text : text.format(" of %d %s", units, words.units);
  }
  if (units == 1) return text;
  text.format("%d %s", units, words.units);
  if (frame.tiles.planes > 1 && !brief) text.format(" × %d planes", frame.tiles.planes);
  return text;
}

// What the rows and columns of the picture are.
std::string_view axes_help(const HeatFrame& frame) {
  switch (frame.tiles.kind) {
    case TileKind::matrix:
      return "A row for every unit, a column for every one of its inputs.";
    case TileKind::kernels:
      return frame.plan.across > 1
                 ? "Several filters in a row, with a line between them, and a tile for every input "
                   "plane of each."
                 : "A row for every filter, a tile for every input plane.";
    case TileKind::bars:
      return "A bar for every channel, up from zero where it is positive.";
    case TileKind::images:
      break;
  }
  return "A tile for every unit.";
}

// At the right of the title: which units the picture shows, and a button that changes it.
void draw_units_choice(Canvas& canvas, const Rect& rect, const HeatColumn& column,
                       const HeatFrame& frame, const LayerInfo& layer, Selection& selection) {
  float right = rect.x1;
  const float y = rect.center().y;
  if (selection.unit >= 0 && selection.unit < frame.tiles.units && frame.tiles.units > 1) {
    const Label label = Label("all ").add(tile_words(layer).units);
    const float w = canvas.width(Type::body, label) + 16;
    const bool words = w <= rect.width();
    const float width = words ? w : 28.0f;
    const BasicLabel<32> name = BasicLabel<32>(column.name).add("-all");
    if (button(canvas, name, Rect::at(right - width, y - 14, width, 28), ButtonLook::quiet,
               {.label = words ? label.view() : "",
                .icon = words ? "" : "✕",
                .help = "Show all of them again."})) {
      selection.unit = -1;
    }
    return;
  }
  if (const int pages = frame.plan.pages; pages > 1) {
    const BasicLabel<32> next = BasicLabel<32>(column.name).add("-more");
    if (button(canvas, next, Rect::at(right - 28, y - 14, 28, 28), ButtonLook::quiet,
               {.icon = "\xEE\x97\x8C", .help = "The next tiles."})) {
      selection.page = (std::clamp(selection.page, 0, pages - 1) + 1) % pages;
    }
    right -= 32;
  }
  Label text = units_words(frame, layer, false);
  if (canvas.width(Type::small, text) > right - rect.x0) text = units_words(frame, layer, true);
  const float w = canvas.width(Type::small, text);
  if (w > right - rect.x0) return;
  canvas.text_right(right, canvas.baseline(Type::small, y), Type::small, Tone::faint, text);
  canvas.explain({right - w, rect.y0, right, rect.y1}, axes_help(frame));
}

// "units ↓  inputs →" above a picture whose rows and columns mean something.
void draw_axes(Canvas& canvas, const Rect& rect, const LayerInfo& layer, const HeatFrame& frame,
               bool one) {
  const TileWords words = tile_words(layer);
  if (one && frame.tiles.units > 1)
    return canvas.text_in(rect, Type::tiny, Tone::faint, "a tile for each plane");
  if (const int across = frame.plan.across; across > 1) {
    const Label whole =
        Label().format("%d ", across).add(words.units).add(" in a row ↓   planes →");
    const Label brief = Label().format("%d in a row ↓  planes →", across);
    return canvas.text_in(rect, Type::tiny, Tone::faint, {whole, brief});
  }
  Label text(words.units);
  text.add(" ↓   ").add(words.inner).add(" →");
  canvas.text_in(rect, Type::tiny, Tone::faint, text);
}

void draw_scale(Canvas& canvas, const Rect& rect, const Rect& foot, const HeatColumn& column,
                const HeatFrame& frame) {
  constexpr std::array<std::string_view, 2> kChoices = {"follow", "hold"};
  const float choice_width = column.with_choice && rect.width() > 200 ? 108.0f : 0.0f;
  const float right = std::max(frame.rect.x1, std::min(rect.x1, frame.rect.x0 + 200));
  const float bar_width = right - frame.rect.x0 - (choice_width > 0 ? choice_width + 16 : 0);
  const Vec bar{frame.rect.x0,
                std::max(frame.rect.y1 + 10, foot.y0 + 10 - (foot.y0 - frame.rect.y1))};
  draw_color_bar(canvas, bar, bar_width, column.scale->value(), column.scale->clipped(),
                 column.ends);
  canvas.explain({bar.x, bar.y - 4, bar.x + bar_width, bar.y + 38},
                 column.scale->clipped() ? "Blue is positive, orange negative, the background is "
                                           "zero. Values beyond the scale have the full colour: "
                                           "the arrows at its ends say that there are some."
                                         : "Blue is positive, orange negative, the background is "
                                           "zero. The ends are the values of the full colours.");
  const BasicLabel<32> name = BasicLabel<32>(column.name).add("-scale");
  if (choice_width == 0) {
    // Where the words have no room, a press on the bar does the same.
    const Rect press{bar.x, bar.y - 4, bar.x + bar_width, bar.y + 24};
    if (!column.with_choice) return;
    canvas.explain(press, column.scale->held()
                              ? "This scale is held. Press: it follows the largest "
                                "value again."
                              : "This scale follows the largest value. Press: it "
                                "is held, so that values can be compared.");
    if (canvas.hit(name, press).clicked) column.scale->hold(!column.scale->held());
    return;
  }
  if (const auto clicked =
          segmented(canvas, name, Rect::at(right - choice_width, bar.y - 2, choice_width, 26),
                    kChoices, column.scale->held() ? 1 : 0,
                    "Follow: the scale is the round number above the largest current value. Hold: "
                    "it stays, so that values can be compared over time.")) {
    column.scale->hold(*clicked == 1);
  }
}

// A click enlarges a unit, or sets the probe where there is nothing to enlarge.
void handle_click(const HeatFrame& frame, Selection& selection, Requests& requests) {
  if (!frame.clicked || !frame.hovered) return;
  if (frame.tiles.units > 1 && selection.unit < 0) {
    selection.unit = frame.hovered_unit;
    return;
  }
  selection.probe = frame.hovered;
  requests.probe = frame.hovered;
  if (!selection.stage) selection.open(Phase::gradient);
}

}  // namespace

HeatFrame draw_heat_column(Canvas& canvas, const Rect& rect, const HeatColumn& column,
                           const Snapshot& snapshot, Selection& selection, Requests& requests) {
  Rect rest = rect;
  const Rect head = rest.cut_top(kHeatHead);
  const Rect foot = rest.cut_bottom(kHeatFoot);
  const LayerInfo* layer = chosen_layer(snapshot, selection);
  const bool with_axes = layer != nullptr && tile_words(*layer).inner != nullptr;
  const Rect axes = with_axes ? rest.cut_top(14) : Rect{};
  if (with_axes) rest.cut_top(2);
  const bool none = layer != nullptr && layer->frozen && column.frozen_has_none;
  const HeatFrame frame =
      draw_heat(canvas, rest,
                {.name = column.name,
                 .key = column.key,
                 .values = none ? std::span<const float>() : column.values,
                 .layer = layer,
                 .unit = selection.unit,
                 .page = selection.page,
                 .scale = column.scale->value(),
                 .version = column.version},
                column.marked ? column.marked : selection.pointed, selection.probe);
  if (with_axes) draw_axes(canvas, axes, *layer, frame, selection.unit >= 0);
  Label title(column.title);
  if (layer != nullptr && selection.unit >= 0 && selection.unit < frame.tiles.units &&
      frame.tiles.units > 1) {
    title.format(", %s %d", tile_words(*layer).unit, selection.unit + 1);
    if (canvas.width(Type::strong, title) > head.width() - 36)
      title = Label(column.title).format(" %d", selection.unit + 1);
  }
  const float title_width = std::min(canvas.width(Type::strong, title), head.width());
  canvas.text_in({head.x0, head.y0, head.x1, head.y1 - 4}, Type::strong, Tone::ink, title);
  canvas.explain({head.x0, head.y0, head.x0 + title_width, head.y1}, column.help);
  if (layer == nullptr) return frame;
  // The words above the picture end where it ends, unless it is too narrow for them.
  const float end =
      std::clamp(frame.rect.x1, std::min(head.x0 + title_width + 150, head.x1), head.x1);
  draw_units_choice(canvas, {head.x0 + title_width + 8, head.y0, end, head.y1 - 4}, column, frame,
                    *layer, selection);
  if (!frame.known) {
    canvas.text_in(
        frame.rect.inset(8, 0), Type::small, Tone::faint,
        none ? std::initializer_list<std::string_view>{"frozen: no gradient", "frozen"}
             : std::initializer_list<std::string_view>{column.missing, column.missing_briefly},
        Align::center);
    return frame;
  }
  draw_scale(canvas, rect, foot, column, frame);
  handle_click(frame, selection, requests);
  return frame;
}

namespace {

std::string_view weights_help(const Snapshot& snapshot, const LayerInfo* layer) {
  if (layer == nullptr) return "The weights of the model.";
  if (layer->kind == LayerKind::conv) {
    return "What each filter looks for: the same few weights at every place of the image.";
  }
  if (is_norm(layer->kind)) {
    return "A norm scales every channel to mean 0 and standard deviation 1, then multiplies by "
           "gamma and adds beta.";
  }
  if (tiles_of(*layer).kind == TileKind::matrix) return "How much each input counts in each unit.";
  if (layer->out == 1 && snapshot.spec.digits == "37")
    return "How much each pixel counts. Ink on a blue pixel speaks for a 3, on an orange one for a "
           "7.";
  return "How much each pixel counts in each unit. Ink on a blue pixel raises the output of the "
         "unit, on an orange one it lowers it.";
}

}  // namespace

ScaleWords weight_ends(const Snapshot& snapshot, const Selection& selection) {
  const LayerInfo* layer = chosen_layer(snapshot, selection);
  if (layer == nullptr || is_norm(layer->kind)) return {};
  const std::string& digits = snapshot.spec.digits;
  // The only layer of a model with one output: its weights vote.
  if (layer->out == 1 && digits.size() == 2 && snapshot.parameters.layers.size() == 1) {
    const Label second = Label().format("for a %c", digits[1]),
                first = Label().format("for a %c", digits[0]);
    return {second, first, Label().format("for %c", digits[1]),
            Label().format("for %c", digits[0])};
  }
  return {"lowers the output", "raises the output", "lowers", "raises"};
}

ScaleWords slope_ends() { return {"loss falls", "loss grows", "loss ↓", "↑"}; }

ScaleWords change_ends() { return {"weight falls", "weight grows", "weight ↓", "↑"}; }

float draw_heat_pair(Canvas& canvas, const Rect& rect, const Snapshot& snapshot, Readings& readings,
                     Selection& selection, Requests& requests, bool with_choice, bool with_layers,
                     bool tied) {
  const float gap = 24;
  Rect rest = rect;
  if (with_layers) draw_layer_chooser(canvas, rest, snapshot, selection);
  const float w = (rest.width() - gap) / 2;
  const std::optional<uint32_t> marked =
      tied ? weight_on_show(snapshot, readings, selection) : std::nullopt;
  const HeatColumn weights{.name = "weights",
                           .title = "Weights",
                           .help = weights_help(snapshot, chosen_layer(snapshot, selection)),
                           .ends = weight_ends(snapshot, selection),
                           .key = 1,
                           .version = readings.live_version,
                           .values = snapshot.parameters.values,
                           .scale = &readings.weights,
                           .marked = marked,
                           .with_choice = with_choice};
  const bool own = selection.shows_own_gradient();
  const HeatColumn gradient{
      .name = "gradients",
      .title = own ? "Its gradient" : "Gradient",
      .help = own ? "How the loss of the selected image alone would change if a weight grew."
                  : "How the loss would change if a weight grew. The step goes the other way.",
      .ends = slope_ends(),
      .missing = own ? "not in this batch" : "not computed yet",
      .missing_briefly = own ? "none" : "not yet",
      .key = 2,
      .version = readings.calm_version * 2 + (own ? 1 : 0),
      .values = Readings::gradient(snapshot, selection),
      .scale = &readings.gradients,
      .marked = marked,
      .frozen_has_none = true,
      .with_choice = with_choice};
  const HeatFrame a = draw_heat_column(canvas, {rest.x0, rest.y0, rest.x0 + w, rest.y1}, weights,
                                       snapshot, selection, requests);
  const float second = std::max(rest.x0 + a.rect.width() + gap, rest.x0 + w + gap);
  const HeatFrame b = draw_heat_column(canvas, {second, rest.y0, second + w, rest.y1}, gradient,
                                       snapshot, selection, requests);
  if (tied) {
    const LayerInfo* layer = chosen_layer(snapshot, selection);
    if (layer != nullptr && marked && a.known && b.known) draw_tie(canvas, *layer, b, a, *marked);
    follow_largest(readings, snapshot, selection, b);
  }
  selection.pointed = a.hovered ? a.hovered : b.hovered;
  return std::max(a.rect.y1, b.rect.y1) + kHeatFoot;
}

void draw_weight_card(Canvas& canvas, const Snapshot& snapshot, const Selection& selection,
                      uint32_t index) {
  const Parameters& p = snapshot.parameters;
  if (index >= p.values.size()) return;
  const std::span<const float> gradients = Readings::gradient(snapshot, selection);
  const bool moved = index < p.changes.size() && (snapshot.parts & kPartChanges) != 0;
  const Label name = parameter_words(snapshot, index);
  constexpr float kPad = 14;
  const float width = std::max(208.0f, canvas.width(Type::small_strong, name) + 2 * kPad);
  const bool with_gradient = selection.stage != Phase::initialize;
  const float rows = 2.0f + (with_gradient ? 1.0f : 0.0f) + (moved ? 1.0f : 0.0f);
  const Rect box =
      canvas.begin_card({width, rows * kFactRow + 2 * kPad - 8}, Rect::around(canvas.mouse(), 8));
  float y = box.y0 + kPad + 9;
  canvas.text(box.x0 + kPad, y, Type::small_strong, Tone::ink, name);
  y += kFactRow;
  const auto number_row = [&](std::string_view words, float value) {
    y = fact_row(canvas, box.x0 + kPad, box.x1 - kPad, y, words, signed_number(value),
                 sign_tone(value));
  };
  number_row("weight", p.values[index]);
  if (with_gradient)
    number_row("gradient", index < gradients.size() ? gradients[index]
                                                    : std::numeric_limits<float>::quiet_NaN());
  if (moved) {
    const bool last = snapshot.status.phase != Phase::gradient;
    number_row(is_plain_sgd(snapshot.spec) ? change_title(snapshot.spec)
               : last                      ? "last step"
                                           : "next step",
               p.changes[index]);
  }
  canvas.end_card();
}

}  // namespace downhill::ui
