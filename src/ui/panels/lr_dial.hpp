// The learning-rate dial: seven decades around a circle, the rate in its middle, and the size of a
// step below. It sets the rate that the schedule starts from; where a schedule has moved the rate,
// a second mark and words show where it is now. Turning it acts at once (`set?lr=`), by drag,
// wheel, arrow keys or typing. Buttons beside it open the tools.
#pragma once

#include "session/snapshot.hpp"
#include "ui/canvas.hpp"
#include "ui/panels/tools.hpp"
#include "ui/requests.hpp"
#include "ui/selection.hpp"
#include "ui/widgets.hpp"

namespace downhill::ui {

class LrDial {
 public:
  void draw(ToolContext& c, const Rect& rect);
  // A straight scale for a thumb.
  void draw_strip(ToolContext& c, const Rect& rect);

  // Converts a position 0..1 to an angle (radians, 0 to the right, clockwise because y points
  // down), and a vector from the centre back to a position.
  static float angle_of(float position);
  static float position_of(Vec from_center);

 private:
  float shown_rate(const Snapshot& snapshot, double time);
  void ask_for(float lr, double time, Requests& requests);
  void turn(Canvas& canvas, const Hit& hit, Vec center, float radius, float lr, Requests& requests);
  void roll(float decades, float lr, double time, Requests& requests);
  void wheel_and_keys(Canvas& canvas, bool hovered, float lr, Requests& requests);
  void draw_title(ToolContext& c, const Rect& rect) const;
  void draw_scale(Canvas& canvas, Vec center, float radius, float lr) const;
  void draw_verdict(const Snapshot& snapshot, Canvas& canvas, const Rect& rect, float lr) const;
  void draw_rate_now(const Snapshot& snapshot, Canvas& canvas, Vec center, float radius) const;
  void draw_stable_mark(const Snapshot& snapshot, Canvas& canvas, Vec center, float radius) const;
  void draw_number(Canvas& canvas, const Hit& hit, Vec center, float radius, float lr,
                   Requests& requests);
  void draw_strip_words(ToolContext& c, const Rect& words, float lr);
  void draw_step_size(const Snapshot& snapshot, Canvas& canvas, const Rect& rect, float lr) const;

  TextField value_;
  float asked_ = 0;  // the last rate asked for, shown until the engine has it
  double asked_at_ = -10;
  bool by_angle_ = false, focused_ = false;
  Vec pressed_at_;
  float pressed_rate_ = 0;
  // What the wheel has done: from this rate, by so many decades, to that rate.
  float rolled_from_ = 0, rolled_ = 0, rolled_to_ = 0;
  double rolled_at_ = -10;
};

}  // namespace downhill::ui
