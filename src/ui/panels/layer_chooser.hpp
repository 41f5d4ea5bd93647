// The choice of the layer whose weights are shown, with its kind and shape in words: buttons side
// by side where the names fit, otherwise a menu with arrows.
#pragma once

#include "session/snapshot.hpp"
#include "ui/canvas.hpp"
#include "ui/selection.hpp"

namespace downhill::ui {

inline constexpr float kLayerChooser = 32;  // dp of height

// Both draw nothing for a model of one layer. The first draws in `row`, the second cuts a row and a
// gap off the top of `rest`.
void draw_layer_row(Canvas& canvas, const Rect& row, const Snapshot& snapshot,
                    Selection& selection);
void draw_layer_chooser(Canvas& canvas, Rect& rest, const Snapshot& snapshot, Selection& selection);

// The selected layer; null while there is no model.
const LayerInfo* chosen_layer(const Snapshot& snapshot, const Selection& selection);

}  // namespace downhill::ui
