// The chart of a race: the loss of every lane over steps, with its rate at the end of its line.
// Thin lines are the losses of batches, thick ones means over several batches. Knows no requests.
#pragma once

#include <optional>

#include "session/race.hpp"
#include "ui/canvas.hpp"
#include "ui/chart.hpp"
#include "ui/race_curves.hpp"

namespace downhill::ui {

// Where a lane stands among the others, for Theme::among_rates: 0 the least rate, 1 the greatest.
float lane_share(const RaceView& race, size_t lane);

class RaceChart {
 public:
  // `pointed` is the highlighted lane or none; on return it is the lane whose name is under the
  // mouse. Returns the lane whose name was clicked.
  std::optional<size_t> draw(const RaceView& race, Canvas& canvas, const Rect& rect,
                             bool logarithmic, std::optional<size_t>& pointed);

 private:
  void draw_lines(const RaceView& race, Canvas& canvas, std::optional<size_t> pointed);
  Vec end_of(size_t lane) const;
  std::optional<size_t> draw_names(const RaceView& race, Canvas& canvas, const Rect& rect,
                                   std::optional<size_t>& pointed);

  RaceCurves curves_;
  double top_ = 1;  // of the y axis
  Chart chart_;
};

}  // namespace downhill::ui
