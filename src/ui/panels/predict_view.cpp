// The view of phase 2, Predict: every image of the batch with the model's answer.
#include <array>

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

// "48.4 % of 256 right, the first 64 shown", and shorter.
std::array<Label, 2> result_words(const StageContext& c, int drawn) {
  const BatchView& batch = c.snapshot.batch;
  if (!batch.predicted) return {batch_words(batch, drawn), batch_words(batch, 0)};
  const Label right = Label(percent(c.snapshot.status.batch_accuracy))
                          .add(" of ")
                          .add(count(batch.size))
                          .add(" right");
  Label whole = right;
  if (static_cast<uint32_t>(drawn) < batch.size)
    whole.add(", the first ").add(count(static_cast<uint64_t>(drawn))).add(" shown");
  return {whole, right};
}

}  // namespace

void draw_predict_view(StageContext& c, const Rect& rect) {
  constexpr float kLargest = 168;
  Canvas& canvas = c.canvas;
  const BatchView& batch = c.snapshot.batch;
  Rect rest = rect;
  Rect head = rest.cut_top(28);
  const float y = head.center().y;
  rest.cut_top(8);
  const gfx::TileGrid grid =
      plan_batch_grid(c.snapshot, canvas, rest.width(), rest.height(), kLargest);
  draw_batch_grid(c.snapshot, c.readings, canvas, {rest.x0, rest.y0}, grid, "batch-digits", 11,
                  c.selection);
  if (!batch.entered.empty()) draw_entered_choice(c, head);
  const float x = draw_batch_legend(c.snapshot, canvas, head.x0, head.x1, y);
  for (const Label& words : result_words(c, grid.tiles)) {
    if (x + canvas.width(Type::small, words) >= head.x1) continue;
    canvas.text_in({x, head.y0, head.x1, head.y1}, Type::small, Tone::soft, words, Align::right);
    break;
  }
}

}  // namespace downhill::ui
