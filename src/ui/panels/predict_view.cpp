// The view of phase 2, Predict: every image of the batch with the model's answer.
#include <array>
#include <cmath>

#include "ui/image_grid.hpp"
#include "ui/panels/batch_grid.hpp"
#include "ui/panels/stage.hpp"

namespace downhill::ui {
namespace {

// The choice between the original and the augmented images, cut off the right of the row.
void draw_entered_choice(StageContext& c, Rect& row) {
  constexpr std::array<std::string_view, 2> kChoices = {"original", "augmented"};
  const float w = segmented_width(c.canvas, kChoices);
  if (w > row.width()) return;
  if (const auto clicked =
          segmented(c.canvas, "as-entered", row.cut_right(w).moved(0, -2), kChoices,
                    c.selection.as_entered ? 1 : 0,
                    "Augmentation changes every image a little before the network sees it, "
                    "differently each time.")) {
    c.selection.as_entered = *clicked == 1;
  }
  row.x1 -= 12;
}

// The largest tiles, in whole device pixels per pixel, at which all images of the snapshot fit.
float largest_tile(const StageContext& c, const Rect& room) {
  constexpr float kGap = 8, kSmallest = 28, kLargest = 168;
  const auto pixels = static_cast<float>(std::max(1u, image_size(c.snapshot).columns));
  const float s = c.canvas.scale();
  for (float cell = std::floor(kLargest * s / pixels); cell > 1; --cell) {
    const float side = cell * pixels / s;
    if (side < kSmallest) break;
    const int columns = static_cast<int>((room.width() + kGap) / (side + kGap)),
              rows = static_cast<int>((room.height() + kGap) / (side + kGap));
    if (columns * rows >= static_cast<int>(c.snapshot.batch.shown)) return side + 0.01f;
  }
  return kSmallest;
}

}  // namespace

void draw_predict_view(StageContext& c, const Rect& rect) {
  Canvas& canvas = c.canvas;
  const BatchView& batch = c.snapshot.batch;
  Rect rest = rect;
  Rect head = rest.cut_top(28);
  const float y = head.center().y;
  rest.cut_top(8);
  const float tile = largest_tile(c, rest);
  draw_batch_grid(c.snapshot, c.readings, canvas, rest, tile, "batch-digits", 11, false,
                  c.selection);
  if (!batch.entered.empty()) draw_entered_choice(c, head);
  const float x = draw_batch_legend(c.snapshot, canvas, head.x0, head.x1, y);
  const Label words = batch.predicted ? Label(percent(c.snapshot.status.batch_accuracy))
                                            .add(" of ")
                                            .add(count(batch.size))
                                            .add(" right")
                                      : batch_words(batch, 0);
  if (x + canvas.width(Type::small, words) < head.x1)
    canvas.text_in({x, head.y0, head.x1, head.y1}, Type::small, Tone::soft, words, Align::right);
}

}  // namespace downhill::ui
