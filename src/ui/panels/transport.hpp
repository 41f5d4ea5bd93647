// Play and pause, one phase / batch / epoch forward, back, start again, and the speed: everything
// that moves time.
#pragma once

#include "session/snapshot.hpp"
#include "ui/canvas.hpp"
#include "ui/requests.hpp"

namespace downhill::ui {

class Transport {
 public:
  // The column at the left of a wide page. Wants kHeight.
  static constexpr float kHeight = 188;
  void draw(const Snapshot& snapshot, Canvas& canvas, const Rect& rect, Requests& requests);
  // One row for a thumb: play, step, back, start again.
  void draw_dock(const Snapshot& snapshot, Canvas& canvas, const Rect& rect, Requests& requests);

  // Once per frame: notices that a change of the experiment started the run again, to say so for a
  // while.
  void watch(const Snapshot& snapshot, double time);

 private:
  void draw_play(const Snapshot& snapshot, Canvas& canvas, const Rect& rect, Requests& requests);
  void draw_status(const Snapshot& snapshot, Canvas& canvas, const Rect& rect);
  void draw_speed(const Snapshot& snapshot, Canvas& canvas, const Rect& rect, Requests& requests);

  ExperimentSpec spec_;
  bool known_ = false;  // spec_ is that of a run
  uint32_t epoch_limit_ = 0;
  double new_run_at_ = -1e9, more_at_ = -1e9;
};

// The speed slider's scale: 0 is slow motion (0.25 batches per second), 1 as fast as the machine
// can (0).
float speed_to_position(float speed);
float position_to_speed(float position);

}  // namespace downhill::ui
