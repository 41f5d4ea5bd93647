// Which layer's weights are shown, with its kind and shape in words. Side by side where the names
// fit, else a menu with arrows.
#pragma once

#include "session/snapshot.hpp"
#include "ui/canvas.hpp"
#include "ui/selection.hpp"

namespace downhill::ui {

inline constexpr float kLayerChooser = 32;  // dp of height

// Nothing for a model of one layer. In a row of its own, or cut from the top of `rest`, with a gap
// below.
void draw_layer_row(Canvas& canvas, const Rect& row, const Snapshot& snapshot,
                    Selection& selection);
void draw_layer_chooser(Canvas& canvas, Rect& rest, const Snapshot& snapshot, Selection& selection);

// The chosen one; null while there is no model.
const LayerInfo* chosen_layer(const Snapshot& snapshot, const Selection& selection);

}  // namespace downhill::ui
