#include "ui/chart.hpp"

#include <cmath>

#include "imgui.h"
#include "implot.h"
#include "ui/nice_scale.hpp"

namespace downhill::ui {

double round_top(float top) {
  if (!(top > 0)) return 1;
  const auto step = static_cast<double>(nice_ceil(top / 4));
  return std::ceil(static_cast<double>(top) / step - 1e-9) * step;
}

ChartAxis decades(float low, float high, std::string_view name) {
  if (!(low > 0)) low = high > 0 ? high / 10 : 0.1f;
  if (!(high > low)) high = low * 10;
  return {std::pow(10.0, std::floor(std::log10(static_cast<double>(low)) + 1e-6)),
          std::pow(10.0, std::ceil(std::log10(static_cast<double>(high)) - 1e-6)), true, false,
          name};
}

Label decade_text(int decade) {
  if (decade < -3 || decade > 4) return Label().format("1e%d", decade);
  return Label().format("%.*f", std::max(0, -decade), std::pow(10.0, decade));
}

// 2.5e18, 1e-5: a tick has few digits, and little room.
Label power_text(double value) {
  if (value == 0) return "0";
  const int decade = static_cast<int>(std::floor(std::log10(std::abs(value)) + 1e-9));
  return Label(value < 0 ? "−" : "")
      .format("%.3ge%d", std::abs(value) / std::pow(10.0, decade), decade);
}

Label tick_text(double value, const ChartAxis& axis, double step) {
  // Ticks are sums of steps, so the one at 0 may come out slightly negative and would print as
  // "-0".
  if (!axis.logarithmic && std::abs(value) < 1e-6 * step) value = 0;
  if (axis.percent) {
    const int decimals = step < 0.0095 ? 1 : 0;
    return Label().format("%.*f %%", decimals, value * 100);
  }
  if (axis.logarithmic) return decade_text(static_cast<int>(std::lround(std::log10(value))));
  if (std::abs(value) >= 1e6) return power_text(value);
  if (step >= 1)
    return value < 0 ? Label("−").add(count(static_cast<uint64_t>(std::llround(-value))))
                     : count(static_cast<uint64_t>(std::llround(value)));
  const int decimals = static_cast<int>(std::ceil(-std::log10(step) - 1e-9));
  if (decimals > 4) return power_text(value);
  return Label(value < 0 ? "−" : "").format("%.*f", decimals, std::abs(value));
}

double Chart::share(const ChartAxis& axis, double value) const {
  if (axis.logarithmic) {
    const double low = std::log10(axis.low), high = std::log10(axis.high);
    return value > 0 ? (std::log10(value) - low) / (high - low) : -1;
  }
  return (value - axis.low) / (axis.high - axis.low);
}

Vec Chart::place(double x, double y) const {
  return {plot_.x0 + plot_.width() * static_cast<float>(share(x_, x)),
          plot_.y1 - plot_.height() * static_cast<float>(share(y_, y))};
}

double Chart::x_at(float dp) const {
  const double t = static_cast<double>((dp - plot_.x0) / plot_.width());
  if (x_.logarithmic) return x_.low * std::pow(x_.high / x_.low, t);
  return x_.low + t * (x_.high - x_.low);
}

void Chart::begin(Canvas& canvas, std::string_view name, const Rect& rect, const ChartAxis& x,
                  const ChartAxis& y) {
  canvas_ = &canvas;
  rect_ = rect;
  x_ = x;
  y_ = y;
  const float tick_line = canvas.metrics(Type::tiny).line;
  constexpr float kLeft = 42, kRight = 8;
  plot_ = {rect.x0 + kLeft, rect.y0 + 8, rect.x1 - kRight,
           rect.y1 - tick_line - (tall() ? 18.0f : 4.0f)};
  draw_frame();
  open_ = false;
  if (plot_.width() < 8 || plot_.height() < 8) return;
  const float s = canvas.scale();
  ImGui::SetCursorScreenPos({plot_.x0 * s, plot_.y0 * s});
  const BasicLabel<48> id = BasicLabel<48>("##").add(name);
  open_ = ImPlot::BeginPlot(id.c_str(), {plot_.width() * s, plot_.height() * s},
                            ImPlotFlags_CanvasOnly | ImPlotFlags_NoInputs | ImPlotFlags_NoFrame);
  if (!open_) return;
  const ImPlotAxisFlags bare = ImPlotAxisFlags_NoDecorations | ImPlotAxisFlags_NoHighlight;
  ImPlot::SetupAxes(nullptr, nullptr, bare, bare);
  ImPlot::SetupAxisLimits(ImAxis_X1, x.low, x.high, ImPlotCond_Always);
  ImPlot::SetupAxisLimits(ImAxis_Y1, y.low, y.high, ImPlotCond_Always);
  if (x.logarithmic) ImPlot::SetupAxisScale(ImAxis_X1, ImPlotScale_Log10);
  if (y.logarithmic) ImPlot::SetupAxisScale(ImAxis_Y1, ImPlotScale_Log10);
  ImPlot::SetupFinish();
}

void Chart::draw_frame() {
  Canvas& c = *canvas_;
  const float cap = c.metrics(Type::tiny).cap;
  nice_ticks(y_.low, y_.high, std::clamp(static_cast<int>(plot_.height() / 26), 2, 6),
             y_.logarithmic, ticks_);
  double step = ticks_.size() > 1 ? ticks_[1] - ticks_[0] : y_.high - y_.low;
  for (const double tick : ticks_) {
    const float y = place(x_.low, tick).y;
    c.rule(plot_.x0, plot_.x1, y, Tone::line);
    c.text_right(plot_.x0 - 6, y + cap / 2, Type::tiny, Tone::faint, tick_text(tick, y_, step));
  }
  nice_ticks(x_.low, x_.high, std::clamp(static_cast<int>(plot_.width() / 56), 1, 10),
             x_.logarithmic, ticks_);
  step = ticks_.size() > 1 ? ticks_[1] - ticks_[0] : x_.high - x_.low;
  const float baseline = plot_.y1 + 6 + cap;
  float free_from = rect_.x0;
  for (const double tick : ticks_) {
    const float x = place(tick, y_.low).x;
    c.rule_down(x, plot_.y1, plot_.y1 + 3, Tone::line_strong);
    Label label = tick_text(tick, x_, step);
    // A low chart prints the name of the axis beside its last tick.
    if (!tall() && tick == ticks_.back()) label.add(" ").add(x_.name);
    const float w = c.width(Type::tiny, label);
    const float left = std::clamp(x - w / 2, rect_.x0, rect_.x1 - w);
    if (left < free_from) continue;
    free_from = left + w + 6;
    c.text(left, baseline, Type::tiny, Tone::faint, label);
  }
  c.rule(plot_.x0, plot_.x1, plot_.y1, Tone::line_strong);
  if (tall()) {
    c.text_in({plot_.x0, baseline + 4, plot_.x1, baseline + 18}, Type::tiny, Tone::faint, x_.name,
              Align::center);
  }
}

void Chart::line(std::string_view id, std::span<const float> xs, std::span<const float> ys,
                 Tone tone, float thickness, float alpha) {
  if (open_ && xs.size() == 1) dots(xs, ys, tone, 1 + thickness);  // a curve that begins
  line(id, xs, ys, canvas_->theme().color(tone, alpha), thickness);
}

void Chart::line(std::string_view id, std::span<const float> xs, std::span<const float> ys,
                 uint32_t color, float thickness) {
  if (!open_ || xs.size() < 2) return;
  const BasicLabel<32> item = BasicLabel<32>("##").add(id);
  ImPlot::SetNextLineStyle(ImGui::ColorConvertU32ToFloat4(color), thickness * canvas_->scale());
  ImPlot::PlotLine(item.c_str(), xs.data(), ys.data(), static_cast<int>(xs.size()));
}

void Chart::dots(std::span<const float> xs, std::span<const float> ys, Tone tone, float radius) {
  for (size_t i = 0; i < xs.size(); ++i) {
    const double y = static_cast<double>(ys[i]);
    if (!inside_y(y)) continue;
    canvas_->dot(place(static_cast<double>(xs[i]), y), radius, tone);
  }
}

void Chart::end() {
  if (open_) ImPlot::EndPlot();
  open_ = false;
}

}  // namespace downhill::ui
