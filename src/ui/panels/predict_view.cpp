// Step 2 large: every image of the batch with what the model says about it.
#include "ui/panels/batch_grid.hpp"
#include "ui/panels/stage.hpp"

namespace downhill::ui {

void draw_predict_view(StageContext& c, const Rect& rect) {
  Canvas& canvas = c.canvas;
  const BatchView& batch = c.snapshot.batch;
  Rect rest = rect;
  Rect head = rest.cut_top(24);
  const float y = head.center().y;
  // The largest tiles at which all images that came still fit.
  float tile = 28;
  for (const float wanted : {112.0f, 84.0f, 56.0f, 42.0f}) {
    const int columns = static_cast<int>((rest.width() + 8) / (wanted + 8)),
              rows = static_cast<int>((rest.height() - 8) / (wanted + 8));
    if (columns * rows >= static_cast<int>(batch.shown)) {
      tile = wanted;
      break;
    }
  }
  rest.cut_top(8);
  const Rect grid =
      draw_batch_grid(c.snapshot, c.readings, canvas, rest, tile, "batch-digits", 11, false);
  (void)grid;
  const float legend = canvas.width(Type::small, "says 3says 7wrong") + 3 * 16 + 32;
  draw_batch_legend(canvas, head.x0, head.x1, y);
  const Label words = batch.predicted ? Label(percent(c.snapshot.status.batch_accuracy))
                                            .add(" of ")
                                            .add(count(batch.size))
                                            .add(" right")
                                      : batch_words(batch, 0);
  canvas.text_in({head.x0 + legend + 8, head.y0, head.x1, head.y1}, Type::small, Tone::soft, words,
                 Align::right);
}

}  // namespace downhill::ui
