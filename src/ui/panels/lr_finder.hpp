// Looking for a learning rate: the finder's sweep with its four suggestions, and the sharpness of
// the valley that the run is in. Draws what the engine has found and asks for more; the run itself
// is not changed.
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
  float lr;  // 0: none
};
// fastai's suggestions, with its names: valley, slide, minimum / 10, steep.
std::array<LrSuggestion, 4> lr_suggestions(const LrSweep& sweep);

// The heading of a learning-rate tool, where it fits. Where the dial may lack room for both tools'
// buttons, also the choice between the tools.
void draw_tool_title(Canvas& canvas, const Rect& rect, std::string_view heading,
                     const Snapshot& snapshot, const RaceView& race, Selection& selection,
                     Requests& requests);

// What the tool does, in small type cut off the top of `rest`.
void draw_tool_words(Canvas& canvas, Rect& rest, std::string_view words);
// Leaves the tool when its button, cut off the right of `title`, or Escape is pressed.
void draw_tool_done(Canvas& canvas, Rect& title, std::string_view name, std::string_view help,
                    Selection& selection);

class FinderPanel {
 public:
  // Opens the panel and starts a sweep unless the engine is busy.
  static void open(const Snapshot& snapshot, Selection& selection, Requests& requests);
  void draw(const Snapshot& snapshot, const RaceView& race, Canvas& canvas, const Rect& rect,
            bool with_sharpness, Selection& selection, Requests& requests);
  // The sharpness alone, for pages where it does not fit below the sweep.
  void draw_sharpness(const Snapshot& snapshot, Canvas& canvas, const Rect& rect,
                      Requests& requests) const;

 private:
  void draw_sweep(const Snapshot& snapshot, const LrSweep& sweep, Canvas& canvas, const Rect& rect);
  void draw_suggestions(const LrSweep& sweep, Canvas& canvas, const Rect& rect, float lr,
                        Requests& requests) const;

  Chart chart_;
};

}  // namespace downhill::ui
