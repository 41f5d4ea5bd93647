// Everything that moves time: play and pause, forward by a phase, batch or epoch, back, reset, and
// the speed.
#pragma once

#include "session/snapshot.hpp"
#include "ui/canvas.hpp"
#include "ui/requests.hpp"

namespace downhill::ui {

class Transport {
 public:
  // In the left column of a wide page. Needs kHeight.
  static constexpr float kHeight = 188;
  void draw(const Snapshot& snapshot, Canvas& canvas, const Rect& rect, Requests& requests);
  // What the dock leaves out: phases, epochs and the speed. Needs kMoves.
  static constexpr float kMoves = 100;
  void draw_moves(const Snapshot& snapshot, Canvas& canvas, const Rect& rect, Requests& requests);
  // One row for a thumb: play, step, back, reset.
  void draw_dock(const Snapshot& snapshot, Canvas& canvas, const Rect& rect, Requests& requests);

  // Plays or pauses. The first Play of a visitor runs at `first_speed` (batches per second, 0: no
  // limit), unless a speed was chosen before.
  void press_play(const Snapshot& snapshot, Requests& requests);
  void set_first_speed(float speed) { first_speed_ = speed; }

  // The invitation to the course, where there is one.
  void offer_course(bool offered) { course_ = offered; }
  bool offers_course() const { return course_; }
  static float course_width(const Canvas& canvas);
  static void draw_course(Canvas& canvas, const Rect& rect, Requests& requests);

  // Call once per frame. Notices when a change of the experiment restarts the run, so that the
  // status can say so for a while.
  void watch(const Snapshot& snapshot, double time);

 private:
  void draw_play(const Snapshot& snapshot, Canvas& canvas, const Rect& rect, Requests& requests);
  void draw_status(const Snapshot& snapshot, Canvas& canvas, const Rect& rect, bool dock,
                   Requests& requests);
  float coming_speed(const Status& status) const;
  void choose_speed(float speed, Requests& requests);
  void draw_speed(const Snapshot& snapshot, Canvas& canvas, const Rect& rect, Requests& requests);

  float first_speed_ = 0;
  bool speed_is_chosen_ = false;
  bool course_ = false;
  ExperimentSpec spec_;
  bool known_ = false;  // spec_ belongs to a run
  uint32_t epoch_limit_ = 0;
  double new_run_at_ = -1e9, more_at_ = -1e9;
};

// The scale of the speed slider: position 0 is 0.25 batches per second, position 1 is unlimited,
// which is speed 0.
float speed_to_position(float speed);
float position_to_speed(float position);

}  // namespace downhill::ui
