// The curve of an expression of one number: the point can be dragged along it. Its tangent has the
// slope that the tape gives; beside it rise over run of a nudge that shrinks by tens.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "ui/expression_words.hpp"
#include "ui/panels/expression_parts.hpp"
#include "ui/panels/stage.hpp"

namespace downhill::ui {
namespace {

double wide(float value) { return static_cast<double>(value); }

// The values that the picture has room for: all but the steepest twentieth at each end, the point,
// and where the nudge leads.
ChartAxis y_axis(const ExpressionCurve& curve, std::string_view name) {
  std::vector<float> ys;
  for (const float y : curve.ys) {
    if (std::isfinite(y)) ys.push_back(y);
  }
  if (ys.empty()) return {-1, 1, false, false, name};
  std::ranges::sort(ys);
  const size_t cut = ys.size() / 20;
  float low = ys[cut], high = ys[ys.size() - 1 - cut];
  for (const float y : {curve.y, ys.front()}) {
    if (std::isfinite(y) && y > low - 2 * (high - low)) low = std::min(low, y);
  }
  if (std::isfinite(curve.y)) high = std::max(high, curve.y);
  const double margin = std::max(0.08 * wide(high - low), 1e-6 + 1e-3 * std::abs(wide(high)));
  return {wide(low) - margin, wide(high) + margin, false, false, name};
}

// A round number near x: as fine as a two-hundredth of the picture.
float rounded(double x, double range) {
  const double step = std::pow(10.0, std::floor(std::log10(range / 150)));
  return static_cast<float>(std::round(x / step) * step);
}

void drag_point(StageContext& c, const Chart& chart, const ExpressionCurve& curve) {
  ExpressionState& state = c.state.expression;
  const Rect plot = chart.plot();
  const Hit hit = c.canvas.hit("expression-point", plot);
  c.canvas.explain(plot, "Drag the point: value and gradient are computed anew.");
  if (!hit.held) {
    state.moved.reset();
    return;
  }
  c.canvas.claim_drag();
  const double low = wide(curve.xs.front()), high = wide(curve.xs.back());
  const double at = std::clamp(chart.x_at(c.canvas.mouse().x), low, high);
  const float x = rounded(at, high - low);
  if (x == state.moved.value_or(curve.x) || !(wide(x) >= low && wide(x) <= high)) return;
  state.moved = x;
  Command& command = c.requests.add(CommandKind::expression_value);
  command.text = curve.input;
  command.value = x;
}

// The right triangle under the way to the nudged value.
void draw_triangle(Canvas& canvas, const Chart& chart, const ExpressionCurve& curve, size_t nudge) {
  const Rect plot = chart.plot();
  const float x = curve.x + curve.nudges[nudge], y = curve.nudged[nudge];
  if (!std::isfinite(y) || !std::isfinite(curve.y)) return;
  const auto inside = [&](Vec p) {
    return Vec{std::clamp(p.x, plot.x0, plot.x1), std::clamp(p.y, plot.y0, plot.y1)};
  };
  const Vec here = inside(chart.place(wide(curve.x), wide(curve.y)));
  const Vec corner = inside(chart.place(wide(x), wide(curve.y)));
  const Vec there = inside(chart.place(wide(x), wide(y)));
  canvas.line(here, corner, Tone::three, 2);
  canvas.line(corner, there, Tone::seven, 2);
  canvas.line(here, there, Tone::soft, 1);
  canvas.dot(there, 4, Tone::soft);
}

void draw_picture(StageContext& c, const Rect& rect, const ExpressionCurve& curve, size_t nudge) {
  Canvas& canvas = c.canvas;
  Chart& chart = c.state.chart;
  Rect rest = rect;
  const std::string y = curve.output.empty() ? "result" : curve.output;
  canvas.text_in(rest.cut_top(18), Type::tiny, Tone::faint,
                 {LongLabel(y).add(" over ").add(curve.input).add("; thin: the tangent").view(),
                  LongLabel(y).add(" over ").add(curve.input).view()});
  chart.begin(canvas, "expression", rest,
              {wide(curve.xs.front()), wide(curve.xs.back()), false, false, curve.input},
              y_axis(curve, y));
  const std::array<float, 2> xs = {curve.xs.front(), curve.xs.back()};
  const std::array<float, 2> tangent = {curve.y + (xs[0] - curve.x) * curve.slope,
                                        curve.y + (xs[1] - curve.x) * curve.slope};
  if (std::isfinite(tangent[0]) && std::isfinite(tangent[1]))
    chart.line("tangent", xs, tangent, Tone::soft, 1.25f);
  chart.line("curve", curve.xs, curve.ys, Tone::ink, 2.25f);
  chart.end();
  if (nudge < curve.nudges.size()) draw_triangle(canvas, chart, curve, nudge);
  const Vec point = chart.place(wide(curve.x), wide(curve.y));
  const Rect plot = chart.plot();
  if (std::isfinite(curve.y) && plot.inset(-1).contains(point)) canvas.dot(point, 7, Tone::ink);
  drag_point(c, chart, curve);
}

// "rise ÷ run", the gradient beside it.
void draw_figures(Canvas& canvas, const Rect& rect, const ExpressionCurve& curve, size_t nudge) {
  float x = rect.x0;
  const auto figure = [&](std::string_view caption, const LongLabel& value, std::string_view help,
                          float least) {
    if (x + std::max(least, canvas.width(Type::strong, value)) > rect.x1 + 1) return;
    x += draw_figure(canvas, {x, rect.y0}, least, caption, value, help) + 16;
  };
  const std::string y = curve.output.empty() ? "y" : curve.output;
  figure(LongLabel("gradient d").add(y).add("/d").add(curve.input).view(),
         LongLabel(short_number(curve.slope)), "The slope of the tangent, from the tape.", 96);
  if (nudge >= curve.nudges.size()) return;
  const float rise = curve.nudged[nudge] - curve.y, run = curve.nudges[nudge];
  figure("rise ÷ run", LongLabel(short_number(curve.slopes[nudge])),
         "How much the result changes for the nudge, divided by the nudge.", 72);
  figure("rise", LongLabel(short_number(rise)), "How much the result changes: the orange line.",
         56);
  figure("run", LongLabel(short_number(run)), "The nudge: the blue line.", 40);
}

}  // namespace

void draw_expression_curve(StageContext& c, const Rect& rect, const ExpressionCurve& curve) {
  if (curve.xs.size() < 2) return;
  ExpressionState& state = c.state.expression;
  const size_t count = curve.nudges.size();
  state.nudge = std::clamp(state.nudge, 0, count == 0 ? 0 : static_cast<int>(count) - 1);
  Rect rest = rect;
  Rect choice = rest.cut_bottom(28);
  rest.cut_bottom(8);
  const Rect figures = rest.cut_bottom(42);
  rest.cut_bottom(4);
  draw_picture(c, rest, curve, static_cast<size_t>(state.nudge));
  draw_figures(c.canvas, figures, curve, static_cast<size_t>(state.nudge));
  std::array<Label, 8> labels;
  std::array<std::string_view, 8> names;
  const size_t shown = std::min(count, names.size());
  for (size_t i = 0; i < shown; ++i) {
    labels[i] = rate(curve.nudges[i]);
    names[i] = labels[i];
  }
  const std::span<const std::string_view> choices = std::span(names).first(shown);
  const float caption = c.canvas.width(Type::small, "nudge") + 10;
  c.canvas.text_in(choice.cut_left(caption), Type::small, Tone::soft, "nudge");
  const float w = std::min(segmented_width(c.canvas, choices), choice.width());
  if (const auto clicked =
          segmented(c.canvas, "expression-nudge", choice.cut_left(w), choices, state.nudge,
                    "How far to the right of the point the second one lies."))
    state.nudge = *clicked;
}

}  // namespace downhill::ui
