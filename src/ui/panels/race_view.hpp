// A race of learning rates: the chart of all lanes, a row of numbers for each, and the buttons that
// start and cancel it. A click on a lane sets the dial to its rate. The run itself takes no part.
#pragma once

#include <optional>

#include "session/race.hpp"
#include "session/snapshot.hpp"
#include "ui/canvas.hpp"
#include "ui/panels/race_chart.hpp"
#include "ui/requests.hpp"
#include "ui/selection.hpp"

namespace downhill::ui {

class RacePanel {
 public:
  // Opens the panel and starts a race, unless one of this experiment is there already.
  static void open(const Snapshot& snapshot, const RaceView& race, Selection& selection,
                   Requests& requests);
  // The least height of the panel with its table.
  static float least_height(const RaceView& race, float width);

  void draw(const Snapshot& snapshot, const RaceView& race, Canvas& canvas, const Rect& rect,
            bool with_table, Selection& selection, Requests& requests);
  // The table alone, for pages where it does not fit below the chart.
  void draw_table(const Snapshot& snapshot, const RaceView& race, Canvas& canvas, const Rect& rect,
                  Requests& requests);

 private:
  void draw_title(const Snapshot& snapshot, const RaceView& race, Canvas& canvas, const Rect& rect,
                  Selection& selection, Requests& requests) const;
  void draw_choices(Canvas& canvas, const Rect& rect, Selection& selection) const;
  void draw_row(const Snapshot& snapshot, const RaceView& race, size_t lane, Canvas& canvas,
                const Rect& rect, Requests& requests);

  RaceChart chart_;
  std::optional<size_t> pointed_;      // the lane under the mouse, one frame old
  std::optional<size_t> pointed_row_;  // this frame
};

// The progress or the result of a race, in words.
LongLabel race_words(const RaceView& race);

}  // namespace downhill::ui
