// The current batch as a grid of digits. After Predict, a digit is drawn in the ink of its
// prediction: grey where the model is unsure, and the surer it is, the more blue for the first of two
// classes and orange for the second; of more classes, the more ink. Wrong predictions are framed, wrong labels flagged. A hover card shows the numbers
// of one image, a click inspects it.
#pragma once

#include <optional>

#include "gfx/tile_grid.hpp"
#include "session/snapshot.hpp"
#include "ui/canvas.hpp"
#include "ui/readings.hpp"
#include "ui/selection.hpp"

namespace downhill::ui {

struct BatchGrid {
  Rect rect;      // the space used
  int drawn = 0;  // images
};

// How the images of the batch lie in `width` by `height` dp: as large as they may be, up to about
// `largest` dp wide, if all of them fit; small and in full rows where they do not. No tiles where
// none fits.
gfx::TileGrid plan_batch_grid(const Snapshot& snapshot, const Canvas& canvas, float width,
                              float height, float largest);

// Draws the images of the plan from the top left corner `at`.
BatchGrid draw_batch_grid(const Snapshot& snapshot, const Readings& readings, Canvas& canvas,
                          Vec at, const gfx::TileGrid& grid, std::string_view name, uint64_t key,
                          Selection& selection);

// The card about image i of the batch, beside `anchor`.
void draw_image_card(const Snapshot& snapshot, Canvas& canvas, size_t i, const Rect& anchor);

// Draws what the colours and marks mean in one line from `x`, leaving out what does not fit before
// x1. Returns the x at which it ends.
float draw_batch_legend(const Snapshot& snapshot, Canvas& canvas, float x, float x1,
                        float center_y);
float batch_legend_width(const Snapshot& snapshot, const Canvas& canvas);

// Image i of the batch by its index in the training set, so that it can be inspected when the batch
// is gone.
ChosenImage chosen_from_batch(const BatchView& batch, size_t i);

// "256 images, the first 64 shown"
Label batch_words(const BatchView& batch, int drawn);

}  // namespace downhill::ui
