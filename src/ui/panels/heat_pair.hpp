// The weights of the selected layer and, beside them, the gradient, as pictures of the same size
// with their own printed scales. The parameter under the mouse is marked in both; a click enlarges
// a unit's tile, and in an enlarged tile sets the probe.
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
  ScaleWords ends = {};                           // of its scale
  std::string_view missing = "not computed yet";  // shown while there are no values
  std::string_view missing_briefly = "not yet";   // the same where there is less room
  uint64_t key = 0;
  uint64_t version = 0;  // changes when values do
  std::span<const float> values = {};
  HeatScale* scale = nullptr;
  std::optional<uint32_t> marked = {};  // the weight on show
  bool frozen_has_none = false;         // a frozen layer has no such values
  bool with_choice = false;             // offer to follow or hold the scale
};

// What the scales mean: of weights as they count in a layer's output, of slopes, and of changes.
ScaleWords weight_ends(const Snapshot& snapshot, const Selection& selection);
ScaleWords slope_ends();
ScaleWords change_ends();

// One picture in `rect`, with its title above and its colour bar below. Returns what was drawn.
HeatFrame draw_heat_column(Canvas& canvas, const Rect& rect, const HeatColumn& column,
                           const Snapshot& snapshot, Selection& selection, Requests& requests);
// dp above and below the picture of a column.
inline constexpr float kHeatHead = 28, kHeatFoot = 52;

// Weights and gradient side by side, below the choice of the layer. Returns the y at which they
// end. `tied`: an arrow leads from the gradient of one weight to the weight.
float draw_heat_pair(Canvas& canvas, const Rect& rect, const Snapshot& snapshot, Readings& readings,
                     Selection& selection, Requests& requests, bool with_choice,
                     bool with_layers = true, bool tied = false);

// One weight's numbers on a card beside the mouse.
void draw_weight_card(Canvas& canvas, const Snapshot& snapshot, const Selection& selection,
                      uint32_t index);

}  // namespace downhill::ui
