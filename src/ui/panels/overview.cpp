// The default stage: the batch, the weights and the gradient at a glance, so that the first screen
// needs no reading.
#include <cmath>

#include "ui/panels/batch_grid.hpp"
#include "ui/panels/heat_pair.hpp"
#include "ui/panels/stage.hpp"

namespace downhill::ui {
namespace {

// "Batch 256 images, the first 60 shown", and the legend at the right end of the grid.
void draw_batch_head(StageContext& c, const Rect& head, const BatchGrid& grid) {
  Canvas& canvas = c.canvas;
  const BatchView& batch = c.snapshot.batch;
  const float y = head.center().y - 4;
  float x = head.x0;
  x += canvas.text(x, canvas.baseline(Type::strong, y), Type::strong, Tone::ink, "Batch") + 12;
  const float legend = batch_legend_width(c.snapshot, canvas);
  Label words = batch_words(batch, grid.drawn);
  const auto fits = [&] { return x + canvas.width(Type::small, words) + 16 + legend < head.x1; };
  if (!fits())
    words = Label(count(static_cast<uint64_t>(grid.drawn))).add(" of ").add(count(batch.size));
  if (fits())
    x += canvas.text(x, canvas.baseline(Type::small, y), Type::small, Tone::faint, words) + 16;
  draw_batch_legend(c.snapshot, canvas, std::max(x, grid.rect.x1 - legend), head.x1 + 4, y);
}

}  // namespace

uint32_t overview_parts(const Selection& selection) {
  return kPartBatch | kPartWeights | kPartGradients |
         (selection.pointed ? uint32_t{kPartChanges} : 0);
}

void draw_overview(StageContext& c, const Rect& rect) {
  Canvas& canvas = c.canvas;
  Rect rest = rect;
  constexpr float kHead = 28, kGapBelow = 24, kLargest = 84;
  // The pictures of weights should be nearly square; the batch takes the rest.
  const float square = (rest.width() - 24) / 2 + kHeatHead + kHeatFoot;
  const float pair = std::min(square * 0.92f, rest.height() * 0.66f);
  const gfx::TileGrid plan = plan_batch_grid(c.snapshot, canvas, rest.width(),
                                             rest.height() - pair - kHead - kGapBelow, kLargest);
  if (plan.tiles > 0) {
    const Rect head = rest.cut_top(kHead);
    const BatchGrid grid = draw_batch_grid(c.snapshot, c.readings, canvas, {rest.x0, rest.y0}, plan,
                                           "batch-digits", 10, c.selection);
    draw_batch_head(c, head, grid);
    rest.y0 = grid.rect.y1 + kGapBelow;
  }
  draw_heat_pair(canvas, rest, c.snapshot, c.readings, c.selection, c.requests,
                 rest.height() > 200);
  if (c.selection.pointed) draw_weight_card(canvas, c.snapshot, c.selection, *c.selection.pointed);
}

}  // namespace downhill::ui
