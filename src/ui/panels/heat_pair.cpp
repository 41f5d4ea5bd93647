#include "ui/panels/heat_pair.hpp"

#include <array>
#include <cmath>
#include <limits>

#include "ui/widgets.hpp"

namespace downhill::ui {

Label parameter_words(const Parameters& parameters, uint32_t index) {
  for (size_t l = 0; l < parameters.layers.size(); ++l) {
    const LayerInfo& layer = parameters.layers[l];
    const bool pixels = l == 0 && layer.in == kPixels;
    if (index >= layer.weight_offset && index < layer.weight_offset + layer.in * layer.out) {
      const uint32_t at = index - layer.weight_offset, unit = at / layer.in, input = at % layer.in;
      Label text;
      if (layer.out > 1 || !pixels) text.format("unit %u, ", unit + 1);
      if (pixels) return text.format("pixel (%u, %u)", input % kSide, input / kSide);
      return text.format("input %u of layer %u", input + 1, static_cast<uint32_t>(l + 1));
    }
    if (index >= layer.bias_offset && index < layer.bias_offset + layer.out) {
      return Label().format("bias of unit %u, layer %u", index - layer.bias_offset + 1,
                            static_cast<uint32_t>(l + 1));
    }
  }
  return "no such weight";
}

namespace {

// Which part of the picture stands there: all units, some of them, or one.
void draw_which(Canvas& canvas, const Rect& rect, const HeatColumn& column, const HeatFrame& frame,
                Selection& selection) {
  if (frame.units <= 1) return;
  float right = rect.x1;
  const float y = rect.center().y;
  if (selection.unit >= 0 && selection.unit < frame.units) {
    const float w = canvas.width(Type::body, "all units") + 16;
    const bool words = w <= rect.width();
    const float width = words ? w : 28.0f;
    const BasicLabel<32> name = BasicLabel<32>(column.name).add("-all");
    if (button(canvas, name, Rect::at(right - width, y - 14, width, 28), ButtonLook::quiet,
               {.label = words ? "all units" : "",
                .icon = words ? "" : "✕",
                .help = "Show the tiles of all hidden units."})) {
      selection.unit = -1;
    }
    return;
  }
  const int pages = (frame.units + frame.per_page - 1) / frame.per_page;
  Label text;
  if (pages > 1) {
    const BasicLabel<32> next = BasicLabel<32>(column.name).add("-more");
    if (button(canvas, next, Rect::at(right - 28, y - 14, 28, 28), ButtonLook::quiet,
               {.icon = "\xEE\x97\x8C", .help = "The next tiles."})) {
      selection.page = (std::min(selection.page, pages - 1) + 1) % pages;
    }
    right -= 32;
    text.format("%d–%d of %d units", frame.first + 1, frame.first + frame.grid.tiles, frame.units);
    if (canvas.width(Type::small, text) > right - rect.x0)
      text = Label().format("%d–%d", frame.first + 1, frame.first + frame.grid.tiles);
  } else {
    text.format("%d units", frame.units);
  }
  if (canvas.width(Type::small, text) > right - rect.x0) return;
  canvas.text_right(right, canvas.baseline(Type::small, y), Type::small, Tone::faint, text);
}

}  // namespace

HeatFrame draw_heat_column(Canvas& canvas, const Rect& rect, const HeatColumn& column,
                           const Snapshot& snapshot, Selection& selection, Requests& requests) {
  Rect rest = rect;
  const Rect head = rest.cut_top(kHeatHead);
  const Rect foot = rest.cut_bottom(kHeatFoot);
  const Parameters& parameters = snapshot.parameters;
  HeatSubject subject{.name = column.name,
                      .key = column.key,
                      .values = column.values,
                      .layer = parameters.layers.empty() ? nullptr : &parameters.layers.front(),
                      .unit = selection.unit,
                      .page = selection.page,
                      .scale = column.scale->value(),
                      .version = column.version};
  const HeatFrame frame = draw_heat(canvas, rest, subject, selection.pointed, selection.probe);
  Label title(column.title);
  if (selection.unit >= 0 && selection.unit < frame.units && frame.units > 1) {
    title.format(" of unit %d", selection.unit + 1);
    if (canvas.width(Type::strong, title) > head.width() - 36)
      title = Label(column.title).format(" %d", selection.unit + 1);
  }
  const float title_width = canvas.width(Type::strong, title);
  canvas.text_in({head.x0, head.y0, head.x1, head.y1 - 4}, Type::strong, Tone::ink, title);
  canvas.explain({head.x0, head.y0, head.x0 + title_width, head.y1}, column.help);
  draw_which(canvas,
             {head.x0 + title_width + 8, head.y0,
              std::clamp(frame.rect.x1, std::min(head.x0 + title_width + 96, head.x1), head.x1),
              head.y1 - 4},
             column, frame, selection);
  if (column.values.empty()) {
    canvas.text_in(frame.rect.inset(8, 0), Type::small, Tone::faint, column.missing, Align::center);
    return frame;
  }
  constexpr std::array<std::string_view, 2> kChoices = {"follow", "hold"};
  const float choice_width = column.with_choice && rect.width() > 200 ? 108.0f : 0.0f;
  const float right = std::max(frame.rect.x1, std::min(rect.x1, frame.rect.x0 + 200));
  const float bar_width = right - frame.rect.x0 - (choice_width > 0 ? choice_width + 16 : 0);
  const Vec bar{frame.rect.x0,
                std::max(frame.rect.y1 + 10, foot.y0 + 10 - (foot.y0 - frame.rect.y1))};
  draw_color_bar(canvas, bar, bar_width, column.scale->value());
  canvas.explain({bar.x, bar.y - 4, bar.x + bar_width, bar.y + 24},
                 column.scale->clipped() ? "Blue is positive, orange negative, paper is zero. The "
                                           "scale is held; some values lie beyond it."
                                         : "Blue is positive, orange negative, paper is zero. The "
                                           "ends say how much the full colour stands for.");
  if (choice_width > 0) {
    const BasicLabel<32> name = BasicLabel<32>(column.name).add("-scale");
    if (const auto clicked =
            segmented(canvas, name, Rect::at(right - choice_width, bar.y - 2, choice_width, 26),
                      kChoices, column.scale->held() ? 1 : 0,
                      "Follow: the scale is the round number above the largest value of the "
                      "moment. Hold: it stays, "
                      "so that sizes can be compared over time.")) {
      column.scale->hold(*clicked == 1);
    }
  }
  if (frame.clicked && frame.hovered) {
    const bool all = frame.units > 1 && selection.unit < 0;
    if (all) {
      selection.unit = frame.hovered_unit;
    } else {
      selection.probe = frame.hovered;
      requests.probe = frame.hovered;
      if (!selection.stage) selection.stage = Phase::gradient;
    }
  }
  return frame;
}

float draw_heat_pair(Canvas& canvas, const Rect& rect, const Snapshot& snapshot, Readings& readings,
                     Selection& selection, Requests& requests, bool with_choice) {
  const float gap = 24;
  const float w = (rect.width() - gap) / 2;
  const HeatColumn weights{
      .name = "weights",
      .title = "Weights",
      .help = snapshot.spec.model.hidden.empty()
                  ? "What each pixel counts for. Ink on a blue pixel speaks for "
                    "a 3, on an orange one for a 7."
                  : "What each pixel counts for in each hidden unit. Ink on a "
                    "blue pixel excites the unit, on an orange one it calms it.",
      .key = 1,
      .version = readings.live_version,
      .values = snapshot.parameters.values,
      .scale = &readings.weights,
      .with_choice = with_choice};
  const HeatColumn gradient{
      .name = "gradients",
      .title = "Gradient",
      .help = "How the loss would change if a weight grew. The step goes the other way.",
      .key = 2,
      .version = readings.calm_version,
      .values = snapshot.parameters.gradients,
      .scale = &readings.gradients,
      .with_choice = with_choice};
  const HeatFrame a = draw_heat_column(canvas, {rect.x0, rect.y0, rect.x0 + w, rect.y1}, weights,
                                       snapshot, selection, requests);
  const float second = std::max(rect.x0 + a.rect.width() + gap, rect.x0 + w + gap);
  const HeatFrame b = draw_heat_column(canvas, {second, rect.y0, second + w, rect.y1}, gradient,
                                       snapshot, selection, requests);
  selection.pointed = a.hovered ? a.hovered : b.hovered;
  return std::max(a.rect.y1, b.rect.y1) + kHeatFoot;
}

void draw_weight_card(Canvas& canvas, const Snapshot& snapshot, const Readings& readings,
                      uint32_t index) {
  const Parameters& p = snapshot.parameters;
  if (index >= p.values.size()) return;
  const bool known = index < p.gradients.size();
  const float gradient = known ? p.gradients[index] : std::numeric_limits<float>::quiet_NaN();
  constexpr float kPad = 14, kLine = 20, kWidth = 208;
  const Rect box =
      canvas.begin_card({kWidth, 4 * kLine + 2 * kPad - 8}, Rect::around(canvas.mouse(), 8));
  float y = box.y0 + kPad + 9;
  const auto row = [&](std::string_view name, std::string_view value, Tone tone) {
    canvas.text(box.x0 + kPad, y, Type::small, Tone::faint, name);
    canvas.text_right(box.x1 - kPad, y, Type::small_strong, tone, value);
    y += kLine;
  };
  const auto number_row = [&](std::string_view name, float value) {
    row(name, signed_number(value), value < 0 ? Tone::seven_text : Tone::three_text);
  };
  canvas.text(box.x0 + kPad, y, Type::small_strong, Tone::ink, parameter_words(p, index));
  y += kLine;
  number_row("weight", p.values[index]);
  number_row("gradient", gradient);
  number_row("−rate × gradient", -(readings.step_lr * gradient));
  canvas.end_card();
}

}  // namespace downhill::ui
