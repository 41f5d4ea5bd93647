// The run's curves: loss, accuracy with the baseline that learning must beat, and the gradient
// norm, the learning rate or the momentum. Changes of the rate are vertical lines. The legends show
// exact values under the mouse.
#pragma once

#include <string_view>

#include "session/snapshot.hpp"
#include "ui/canvas.hpp"
#include "ui/chart.hpp"
#include "ui/curve_store.hpp"
#include "ui/selection.hpp"

namespace downhill::ui {

class CurvesPanel {
 public:
  // Call once per frame, before any drawing.
  void update(const Snapshot& snapshot, const Selection& selection, float elapsed);

  // All three, one above the other, or side by side where it is wide. They scroll where the place
  // is lower than `least_height`.
  void draw(const Snapshot& snapshot, Canvas& canvas, const Rect& rect, Selection& selection);
  static float least_height(float width);

 private:
  void draw_loss(const Snapshot& snapshot, Canvas& canvas, const Rect& rect, std::string_view name,
                 Selection& selection);
  // Where there is no accuracy, the third one takes its place.
  void draw_accuracy(const Snapshot& snapshot, Canvas& canvas, const Rect& rect,
                     std::string_view name, Selection& selection);
  void draw_third(const Snapshot& snapshot, Canvas& canvas, const Rect& rect, std::string_view name,
                  Selection& selection);
  ChartAxis step_axis() const;
  // Draws the title. Sets `choice`, at the right of it, and the place of the legend; returns that
  // of the chart.
  Rect draw_head(Canvas& canvas, const Rect& rect, std::string_view title, Rect& choice,
                 Rect& legend) const;
  void draw_marks(Canvas& canvas, Chart& chart);
  // The previous run, while it is shown; null: it is not.
  CurveStore* beside(const Selection& selection) const;
  // Whether it is shown, at the left of `choice`.
  void draw_previous_choice(Canvas& canvas, const Rect& head, Selection& selection) const;
  // The step under the mouse, from 1; 0 when the mouse is elsewhere. Draws a line there.
  uint32_t read(Canvas& canvas, Chart& chart);

  CurveStore store_;
  Chart chart_;
  uint32_t batches_per_epoch_ = 0;
  double x_high_ = 10;
  uint32_t read_step_ = 0, read_next_ = 0;  // shared by all charts, so that each draws the line
};

}  // namespace downhill::ui
