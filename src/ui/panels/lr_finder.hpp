// Looking for a learning rate: the sweep of the finder with its four suggestions, and how sharp the
// valley is that the run stands in. Draws what the engine has found out and asks for more; the run
// itself stays as it is.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "session/race.hpp"
#include "session/snapshot.hpp"
#include "ui/canvas.hpp"
#include "ui/chart.hpp"
#include "ui/requests.hpp"
#include "ui/selection.hpp"

namespace downhill::ui {

struct LrSuggestion {
  std::string_view name, meaning;
  float lr;  // 0: there is none
};
// valley, slide, minimum / 10, steep: as fastai calls them.
std::array<LrSuggestion, 4> lr_suggestions(const LrSweep& sweep);

// The heading of a tool for learning rates where it fits, and where the dial may have no room for
// both tools' buttons the choice between them.
void draw_tool_title(Canvas& canvas, const Rect& rect, std::string_view heading,
                     const Snapshot& snapshot, const RaceView& race, Selection& selection,
                     Requests& requests);

class FinderPanel {
 public:
  // Opens it, and lets the engine sweep if it is not at something already.
  static void open(const Snapshot& snapshot, Selection& selection, Requests& requests);
  void draw(const Snapshot& snapshot, const RaceView& race, Canvas& canvas, const Rect& rect,
            bool with_sharpness, Selection& selection, Requests& requests);
  // Where there is no room for it in the same place.
  void draw_sharpness(const Snapshot& snapshot, Canvas& canvas, const Rect& rect,
                      Requests& requests) const;

 private:
  void draw_sweep(const Snapshot& snapshot, const LrSweep& sweep, Canvas& canvas, const Rect& rect);
  void draw_suggestions(const LrSweep& sweep, Canvas& canvas, const Rect& rect, float lr,
                        Requests& requests) const;

  Chart chart_;
};

}  // namespace downhill::ui
