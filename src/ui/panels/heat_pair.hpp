// The weights of the chosen layer and, beside them, the gradient, as pictures of the same size with
// their own printed scales. What the mouse points at in one is marked in the other; a click
// enlarges a unit's tile, and in a large tile chooses the probe.
#pragma once

#include "session/snapshot.hpp"
#include "ui/canvas.hpp"
#include "ui/heat_view.hpp"
#include "ui/readings.hpp"
#include "ui/requests.hpp"
#include "ui/selection.hpp"

namespace downhill::ui {

struct HeatColumn {
  std::string_view name = {};  // of the widget
  std::string_view title = {};
  std::string_view help = {};
  std::string_view missing = "comes with step 4";  // said while there are no values
  std::string_view missing_briefly = "step 4";     // where there is less room
  uint64_t key = 0;
  uint64_t version = 0;  // changes when values do
  std::span<const float> values = {};
  HeatScale* scale = nullptr;
  bool frozen_has_none = false;  // a frozen layer has no such numbers
  bool with_choice = false;      // of the scale: following or held
};

// One image with its title above, its colour bar below, in `rect`. Returns what was drawn.
HeatFrame draw_heat_column(Canvas& canvas, const Rect& rect, const HeatColumn& column,
                           const Snapshot& snapshot, Selection& selection, Requests& requests);
// The height such a column takes for tiles of a room this wide and high.
inline constexpr float kHeatHead = 28, kHeatFoot = 40;

// Two of them side by side, below the choice of the layer. Returns where they end.
float draw_heat_pair(Canvas& canvas, const Rect& rect, const Snapshot& snapshot, Readings& readings,
                     Selection& selection, Requests& requests, bool with_choice,
                     bool with_layers = true);

// One weight's numbers on a card beside the mouse.
void draw_weight_card(Canvas& canvas, const Snapshot& snapshot, const Selection& selection,
                      uint32_t index);

}  // namespace downhill::ui
