// The current batch as a grid of digits. Once predicted, a digit takes the colour of its
// prediction: of two classes blue for the first and orange for the second, of more of them ink; the
// stronger the surer. Wrong ones are framed, wrong labels marked. A hover card tells one image's
// numbers, a click inspects it.
#pragma once

#include <optional>

#include "session/snapshot.hpp"
#include "ui/canvas.hpp"
#include "ui/readings.hpp"
#include "ui/selection.hpp"

namespace downhill::ui {

struct BatchGrid {
  Rect rect;      // the place it took
  int drawn = 0;  // images
};

// Draws as many images as fit, `tile` dp wide at the least. `whole_rows`: rather leave some out
// than begin a row.
BatchGrid draw_batch_grid(const Snapshot& snapshot, const Readings& readings, Canvas& canvas,
                          const Rect& room, float tile, std::string_view name, uint64_t key,
                          bool whole_rows, Selection& selection);

// The card about image i of the batch, beside `anchor`.
void draw_image_card(const Snapshot& snapshot, Canvas& canvas, size_t i, const Rect& anchor);

// What the colours and the marks mean, in one line from `x`; leaves out what does not fit before
// x1. Returns where it ends.
float draw_batch_legend(const Snapshot& snapshot, Canvas& canvas, float x, float x1,
                        float center_y);
float batch_legend_width(const Snapshot& snapshot, const Canvas& canvas);

// Image i of the batch as what is to be inspected: its place in the training set, so that it stays
// when the batch has gone.
ChosenImage chosen_from_batch(const BatchView& batch, size_t i);

// "256 images, the first 64 shown"
Label batch_words(const BatchView& batch, int drawn);

}  // namespace downhill::ui
