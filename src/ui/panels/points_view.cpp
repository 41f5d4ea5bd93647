// The view of every phase but Repeat and Stop where the model learns from points: the points, the
// model's curve through them, what lies between, and the parameters with their gradients.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "ui/chart.hpp"
#include "ui/panels/stage.hpp"
#include "ui/panels/step_texts.hpp"
#include "ui/parameter_words.hpp"
#include "ui/spec_words.hpp"

namespace downhill::ui {
namespace {

constexpr float kHead = 48, kLegend = 22, kFormula = 24, kRow = 26, kTableHead = 22, kProbe = 76;
constexpr float kLeastPicture = 170;
constexpr size_t kMostRows = 8;  // of parameters

// From the lowest to the highest point, with room for a curve that is on its way.
ChartAxis speed_axis(const Fit& fit) {
  float low = 0, high = 1;
  for (const float target : fit.targets) {
    low = std::min(low, target);
    high = std::max(high, target);
  }
  const double top = round_top(high * 1.15f);
  return {std::min(-0.1 * top, std::floor(static_cast<double>(low) / 10) * 10), top, false, false,
          "speed, km/h"};
}

// Where the model is one weighted sum: as one would write it, with what is done to t² and t first.
LongLabel formula(const Snapshot& snapshot) {
  const Fit& fit = *snapshot.fit;
  const std::vector<LayerInfo>& layers = snapshot.parameters.layers;
  LongLabel words;
  if (layers.size() != 1 || layers[0].out != 1 || layers[0].in != fit.means.size()) return words;
  words = "speed = ";
  for (size_t i = 0; i < fit.means.size(); ++i) {
    const bool last = i + 1 == fit.means.size();
    const std::string_view power = last ? "t" : "t²";
    words.add(last ? "b·" : "a·");
    if (fit.means[i] == 0 && fit.deviations[i] == 1) {
      words.add(power);
    } else {
      const auto digits = [](float value) {
        return Label().format("%.4g", static_cast<double>(value));
      };
      words.add("(").add(power).add(" − ").add(digits(fit.means[i])).add(")/");
      words.add(digits(fit.deviations[i]));
    }
    if (!last) words.add(" + ");
  }
  return words.add(layers[0].has_bias ? " + c" : "");
}

// Why the numbers beside each other may differ: each says of which weights it is.
void draw_losses(StageContext& c, Rect row) {
  const Snapshot& s = c.snapshot;
  const bool squares = s.spec.loss == LossKind::mse;
  const LongLabel help = LongLabel("The mean of ")
                             .add(squares ? "the squared distances" : "the distances")
                             .add(
                                 " between the points and the curve, with the weights as they "
                                 "are now.");
  const auto figure = [&](std::string_view caption, const Label& value, std::string_view words) {
    if (row.width() < 64) return;
    row.x0 += draw_figure(c.canvas, {row.x0, row.y0}, 88, caption, value, words) + 24;
  };
  figure("loss of this curve", number(s.fit->loss), help);
  figure("loss of the last batch", number(s.status.train_loss),
         "Of the batch that was computed last, with the weights before its step.");
  if (s.fit->other_curve.empty() || s.parameters.changes.empty()) return;
  figure("gradient norm", number(s.status.gradient_norm),
         "The length of the last gradient over all parameters.");
}

// The line from each point to the curve, whose length is what the loss is made of.
void draw_residuals(StageContext& c, const Chart& chart, bool strong) {
  const Fit& fit = *c.snapshot.fit;
  const Rect plot = chart.plot();
  for (size_t i = 0; i < fit.times.size(); ++i) {
    if (!std::isfinite(fit.outputs[i])) continue;
    const auto at = [&](float speed) {
      Vec place = chart.place(static_cast<double>(fit.times[i]), static_cast<double>(speed));
      place.y = std::clamp(place.y, plot.y0, plot.y1);
      return place;
    };
    c.canvas.line(at(fit.outputs[i]), at(fit.targets[i]),
                  fit.outputs[i] > fit.targets[i] ? Tone::three : Tone::seven, strong ? 3.0f : 1.5f,
                  strong ? 0.9f : 0.6f);
  }
}

void draw_points(StageContext& c, const Chart& chart) {
  const Fit& fit = *c.snapshot.fit;
  for (size_t i = 0; i < fit.times.size(); ++i) {
    const Vec at =
        chart.place(static_cast<double>(fit.times[i]), static_cast<double>(fit.targets[i]));
    c.canvas.dot(at, 5, Tone::paper);
    c.canvas.dot(at, 4, fit.in_batch[i] ? Tone::ink : Tone::line_strong);
    c.canvas.explain(Rect::around(at, 8),
                     LongLabel("After ")
                         .add(number(fit.times[i]))
                         .add(" s: speed ")
                         .add(number(fit.targets[i]))
                         .add(", the model says ")
                         .add(number(fit.outputs[i]))
                         .add(", off by ")
                         .add(signed_number(fit.outputs[i] - fit.targets[i]))
                         .add(fit.in_batch[i] ? "." : ". Not in the current batch."));
  }
}

bool out_of_sight(const Fit& fit, const ChartAxis& y) {
  return std::ranges::none_of(fit.curve, [&](float speed) {
    return static_cast<double>(speed) >= y.low && static_cast<double>(speed) <= y.high;
  });
}

void draw_legend(StageContext& c, const Rect& row, bool ahead, bool hidden) {
  Canvas& canvas = c.canvas;
  const Fit& fit = *c.snapshot.fit;
  if (hidden) {
    canvas.text_in(row, Type::small, Tone::soft,
                   {"The model's curve lies outside this picture.", "The curve lies outside."});
    return;
  }
  float x = row.x0;
  const auto entry = [&](Tone tone, float thickness, std::string_view words) {
    const float w = canvas.width(Type::small, words);
    if (x + 24 + w > row.x1) return;
    canvas.line({x, row.center().y}, {x + 18, row.center().y}, tone, thickness);
    x += 24 +
         canvas.text(x + 24, canvas.baseline(Type::small, row.center().y), Type::small, Tone::soft,
                     words) +
         18;
  };
  entry(Tone::ink, 2.5f, "the model now");
  if (!fit.other_curve.empty())
    entry(Tone::rate, 1.5f, ahead ? "after the step" : "before the last step");
}

}  // namespace

void draw_fit(StageContext& c, const Rect& rect) {
  if (!c.snapshot.fit) return;
  Rect rest = rect;
  const Rect legend = rest.cut_top(kLegend);
  const Fit& fit = *c.snapshot.fit;
  Chart& chart = c.state.chart;
  const ChartAxis x{-0.5, 19.5, false, false, "time, s"}, y = speed_axis(fit);
  chart.begin(c.canvas, "points", rest, x, y);
  const bool shows_other = !fit.other_curve.empty();
  if (shows_other) chart.line("other", fit.curve_times, fit.other_curve, Tone::rate, 1.5f, 0.8f);
  chart.line("curve", fit.curve_times, fit.curve, Tone::ink, 2.5f);
  chart.end();
  const auto phase = c.selection.stage;
  if (phase != Phase::initialize)
    draw_residuals(c, chart, phase == Phase::loss || phase == Phase::gradient);
  draw_points(c, chart);
  c.canvas.text(chart.plot().x0 + 4, chart.plot().y0 + 14, Type::tiny, Tone::faint, y.name);
  draw_legend(c, legend, c.snapshot.status.phase == Phase::gradient, out_of_sight(fit, y));
}

namespace {

// How many parameters are shown, one a row, in this height; there is a row more if some are left out.
size_t rows_in(const Snapshot& s, float height) {
  const size_t all = s.parameters.values.size();
  const auto fit = static_cast<size_t>(std::max(1.0f, (height - kTableHead) / kRow));
  if (all <= std::min(fit, kMostRows)) return all;
  return std::clamp<size_t>(fit - 1, 1, kMostRows);
}

// The parameters: what each is, its value, its gradient, and what the step adds.
void draw_parameters(StageContext& c, const Rect& rect, size_t rows) {
  Canvas& canvas = c.canvas;
  const Parameters& p = c.snapshot.parameters;
  Rect rest = rect;
  const Rect head = rest.cut_top(kTableHead);
  const float step = std::min(124.0f, rect.width() * 0.21f);
  const auto column = [&](int i) { return rect.x1 - 4 - step * static_cast<float>(2 - i); };
  const bool plain = is_plain_sgd(c.snapshot.spec);
  const std::array<std::string_view, 3> names = {"value", "gradient",
                                                 plain ? "−rate × gradient" : "change"};
  for (int i = 0; i < 3; ++i) {
    const std::string_view name = names[static_cast<size_t>(i)];
    const bool fits = canvas.width(Type::tiny, name) < step - 6;
    canvas.text_right(column(i), head.y0 + 14, Type::tiny, Tone::faint, fits ? name : "change");
  }
  canvas.text_in({head.x0, head.y0 + 2, column(0) - step + 8, head.y0 + 20}, Type::tiny,
                 Tone::faint, {"parameter (press one to nudge it)", "parameter"});
  canvas.rule(rect.x0, rect.x1, head.y1 - 2, Tone::line_strong);
  const auto cell = [&](int i, float y, std::span<const float> of, size_t at, bool sign) {
    const float value = at < of.size() ? of[at] : std::numeric_limits<float>::quiet_NaN();
    const Label text = std::isnan(value) ? Label("–") : signed_number(value);
    canvas.text_right(column(i), canvas.baseline(Type::body, y), Type::body,
                      sign ? sign_tone(value) : Tone::ink, text);
  };
  for (size_t i = 0; i < rows; ++i) {
    const Rect row = rest.cut_top(kRow);
    const auto index = static_cast<uint32_t>(i);
    const Hit hit = canvas.hit("parameter", row, static_cast<int>(i));
    if (hit.hovered || c.selection.probe == index) canvas.fill(row, Tone::surface, 4);
    if (hit.clicked) {
      c.selection.probe = index;
      c.requests.probe = index;
    }
    const Rect words{row.x0 + 4, row.y0, column(0) - step + 12, row.y1};
    const Label name = parameter_words(c.snapshot, index);
    const bool one_layer = p.layers.size() < 2;  // else the name ends with that of its layer
    const std::string_view all = name.view();
    canvas.text_in(words, Type::body, Tone::ink,
                   {all, one_layer ? all : all.substr(0, all.rfind(" of "))});
    cell(0, row.center().y, p.values, i, false);
    cell(1, row.center().y, p.gradients, i, true);
    cell(2, row.center().y, p.changes, i, true);
  }
  if (p.values.size() <= rows) return;
  canvas.text_in(rest.cut_top(kRow).inset(4, 0), Type::small, Tone::faint,
                 LongLabel("and ").add(count(p.values.size() - rows)).add(" more parameters"));
}

}  // namespace

uint32_t points_parts(const Selection& selection) {
  return kPartFit | kPartWeights | kPartGradients | kPartChanges |
         (selection.probe ? uint32_t{kPartProbe} : 0);
}

void draw_points_view(StageContext& c, const Rect& rect) {
  if (!c.snapshot.fit) return;
  Rect rest = rect;
  draw_losses(c, rest.cut_top(kHead));
  Rect probe = rest.cut_bottom(c.selection.probe ? kProbe : 0.0f);
  const LongLabel words = formula(c.snapshot);
  const float between = 10 + (words.view().empty() ? 0 : kFormula);
  const size_t rows = rows_in(c.snapshot, rest.height() - between - kLeastPicture);
  const bool more = rows < c.snapshot.parameters.values.size();
  const Rect table = rest.cut_bottom(kTableHead + kRow * static_cast<float>(rows + (more ? 1 : 0)));
  if (!words.view().empty()) {
    const Rect line = rest.cut_bottom(kFormula);
    const Rect room{line.x0 + 4, line.y0, line.x1, line.y1};
    const bool fits = c.canvas.width(Type::body, words) <= room.width();
    c.canvas.text_in(room, fits ? Type::body : Type::small, Tone::ink, words);
    c.canvas.explain(line,
                     "The model, of the time t in seconds. Where t² and t are normalized, their mean "
                     "is taken off and the rest divided by their deviation, so that one rate suits "
                     "all parameters.");
  }
  rest.cut_bottom(10);
  draw_fit(c, rest);
  draw_parameters(c, table, rows);
  if (!c.selection.probe) return;
  probe.cut_top(12);
  draw_probe(c, probe);
}

}  // namespace downhill::ui
