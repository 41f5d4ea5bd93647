// The current batch as a grid of digits. Once predicted, a digit takes the colour of its
// prediction, blue for 3 and orange for 7, the stronger the surer; wrong ones are framed. A hover
// card tells one image's numbers.
#pragma once

#include <optional>

#include "session/snapshot.hpp"
#include "ui/canvas.hpp"
#include "ui/readings.hpp"

namespace downhill::ui {

// Draws as many images as fit, `tile` dp wide at the least, and returns the place they took.
// `whole_rows`: rather leave some out than begin a row.
Rect draw_batch_grid(const Snapshot& snapshot, const Readings& readings, Canvas& canvas,
                     const Rect& room, float tile, std::string_view name, uint64_t key,
                     bool whole_rows);

// The card about image i of the batch, beside `anchor`.
void draw_image_card(const Snapshot& snapshot, Canvas& canvas, size_t i, const Rect& anchor);

// What the colours and the frame mean, in one line from `x`; leaves out what does not fit before
// x1.
void draw_batch_legend(Canvas& canvas, float x, float x1, float center_y);

// "256 images, the first 64 shown"
Label batch_words(const BatchView& batch, int drawn);

}  // namespace downhill::ui
