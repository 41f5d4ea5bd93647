// The default stage: the batch, the weights and the gradient at a glance, so that the first screen
// needs no reading.
#include <cmath>

#include "ui/panels/batch_grid.hpp"
#include "ui/panels/heat_pair.hpp"
#include "ui/panels/stage.hpp"

namespace downhill::ui {

void draw_overview(StageContext& c, const Rect& rect) {
  Canvas& canvas = c.canvas;
  Rect rest = rect;
  constexpr float kHead = 28, kGapBelow = 24;
  // The images of weights want to be square; the batch takes what is left, at least two rows.
  const float side = (rest.width() - 24) / 2;
  const float pair_height = std::min(side + kHeatHead + kHeatFoot, rest.height() * 0.66f);
  const float grid_room = std::max(0.0f, rest.height() - pair_height - kHead - kGapBelow);
  // The largest digits of which all still fit into five rows.
  float tile = 28;
  const auto images = static_cast<int>(c.snapshot.batch.shown);
  for (const float wanted : {56.0f, 42.0f}) {
    const int columns = static_cast<int>((rest.width() + 8) / (wanted + 8));
    const int needed = columns > 0 ? std::max(1, images / columns) : 99;
    if (needed > 5 || static_cast<float>(needed) * (wanted + 8) > grid_room) continue;
    tile = wanted;
    break;
  }
  const int rows = std::min(5, static_cast<int>((grid_room + 8) / (tile + 8)));
  if (rows > 0) {
    const Rect head = rest.cut_top(kHead);
    const float y = head.center().y - 4;
    const Rect grid = draw_batch_grid(
        c.snapshot, c.readings, canvas,
        {rest.x0, rest.y0, rest.x1, rest.y0 + static_cast<float>(rows) * (tile + 8) - 7}, tile,
        "batch-digits", 10, true);
    float x =
        head.x0 +
        canvas.text(head.x0, canvas.baseline(Type::strong, y), Type::strong, Tone::ink, "Batch") +
        12;
    const float legend = canvas.width(Type::small, "says 3says 7wrong") + 3 * 16 + 32;
    const Label words = batch_words(c.snapshot.batch, 0);
    if (x + canvas.width(Type::small, words) + 16 + legend < head.x1) {
      canvas.text(x, canvas.baseline(Type::small, y), Type::small, Tone::faint, words);
    }
    draw_batch_legend(canvas, std::max(x, grid.x1 - legend), head.x1 + 4, y);
    rest.y0 = grid.y1 + kGapBelow;
  }
  draw_heat_pair(canvas, rest, c.snapshot, c.readings, c.selection, c.requests,
                 rest.height() > 200);
  if (c.selection.pointed) draw_weight_card(canvas, c.snapshot, c.readings, *c.selection.pointed);
}

}  // namespace downhill::ui
