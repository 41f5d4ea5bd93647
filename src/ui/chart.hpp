// One chart: a frame with named axes, round ticks, and lines that ImPlot draws, in the page's own
// type and spacing. No zoom, no smoothing. Callers find what is under the mouse with x_at(). Knows
// no training.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "ui/canvas.hpp"

namespace downhill::ui {

struct ChartAxis {
  double low = 0, high = 1;
  bool logarithmic = false;
  bool percent = false;   // ticks as percentages of 1
  std::string_view name;  // including its unit
};

class Chart {
 public:
  // Draws the frame in `rect` and opens the plot; `name` is its id.
  void begin(Canvas& canvas, std::string_view name, const Rect& rect, const ChartAxis& x,
             const ChartAxis& y);
  void line(std::string_view id, std::span<const float> xs, std::span<const float> ys, Tone tone,
            float thickness, float alpha = 1);
  // `color`: packed, as Theme returns it.
  void line(std::string_view id, std::span<const float> xs, std::span<const float> ys,
            uint32_t color, float thickness);
  void dots(std::span<const float> xs, std::span<const float> ys, Tone tone, float radius);
  void end();

  Rect plot() const { return plot_; }   // dp: inside the axes
  Vec place(double x, double y) const;  // dp; may lie outside
  double x_at(float dp) const;          // the inverse
  bool inside_y(double y) const { return y >= y_.low && y <= y_.high; }

 private:
  void draw_frame();
  bool tall() const { return rect_.height() > 150 && !x_.name.empty(); }
  double share(const ChartAxis& axis, double value) const;

  Canvas* canvas_ = nullptr;
  Rect rect_, plot_;
  ChartAxis x_, y_;
  std::vector<double> ticks_;
  bool open_ = false;
};

// From 0 to a round number above `top`, in steps of a round number.
double round_top(float top);
// A logarithmic axis that covers low..high, from one power of ten to another.
ChartAxis decades(float low, float high, std::string_view name);

// A power of ten: "100", "0.001", "1e-4".
Label decade_text(int decade);
// The text of a tick: "95 %", "0.5", "1,200", "1e-4". `step`: the distance between two ticks.
Label tick_text(double value, const ChartAxis& axis, double step);

}  // namespace downhill::ui
