// The seven phases: number, name, sentence, live number and a button that runs the phase. A marker
// glides along the loop from the phase just done to the next; when training is too fast for the
// eye, the whole loop lights up instead. A click on a phase puts it on the stage.
#pragma once

#include "session/snapshot.hpp"
#include "ui/canvas.hpp"
#include "ui/panels/step_texts.hpp"
#include "ui/readings.hpp"
#include "ui/requests.hpp"
#include "ui/selection.hpp"
#include "ui/shown.hpp"

namespace downhill::ui {

class StepsRail {
 public:
  void draw(const Snapshot& snapshot, const Readings& readings, Canvas& canvas, const Rect& rect,
            Selection& selection, Requests& requests);

 private:
  void move_marker(const Status& status, float elapsed);
  void draw_loop(Canvas& canvas, const Rect& rect, float row) const;
  void draw_marker(Canvas& canvas, const Rect& rect, float row) const;
  void draw_step(const Snapshot& snapshot, const Readings& readings, Canvas& canvas,
                 const Rect& rect, Phase phase, Selection& selection, Requests& requests);
  void draw_number(Canvas& canvas, const Rect& rect, const LiveNumber& live, Tone tone) const;
  void draw_button(const Snapshot& snapshot, Canvas& canvas, const Rect& rect, Phase phase,
                   Requests& requests) const;

  float marker_ = 0;    // position of the marker, in phases from the first
  float way_back_ = 0;  // 1: leaving Repeat … 0: arrived at Predict
  float lit_ = 0;       // 0: the marker, 1: the whole loop
  int hovered_ = -1;    // phase under the mouse, one frame old; -1: none
};

}  // namespace downhill::ui
