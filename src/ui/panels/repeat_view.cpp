// The view of phase 6, Repeat: the place in the epoch, and the curves.
#include <algorithm>

#include "ui/panels/stage.hpp"

namespace downhill::ui {

void draw_repeat_view(StageContext& c, const Rect& rect) {
  Canvas& canvas = c.canvas;
  const Status& s = c.snapshot.status;
  Rect rest = rect;
  const Rect head = rest.cut_top(48);
  const Label words =
      Label().format("epoch %u, batch %u of %u", std::min(s.epoch + 1, std::max(s.epoch_limit, 1u)),
                     s.batch, s.batches_per_epoch);
  canvas.text_in({head.x0, head.y0, head.x1, head.y0 + 20}, Type::body, Tone::ink, words);
  const float share = s.batches_per_epoch > 0
                          ? static_cast<float>(s.batch) / static_cast<float>(s.batches_per_epoch)
                          : 0;
  const Rect track = Rect::at(head.x0, head.y0 + 26, head.width(), 4);
  progress_bar(canvas, track, share);
  canvas.explain({track.x0, head.y0, track.x1, track.y1 + 8},
                 "One epoch: every training image once. At its end the model is evaluated on the "
                 "validation images.");
  rest.cut_top(8);
  const float half = (rest.height() - 24) / 2;
  c.curves.draw_loss(c.snapshot, canvas, rest.cut_top(half), "loss-large", c.selection);
  rest.cut_top(24);
  c.curves.draw_accuracy(c.snapshot, canvas, rest, "accuracy-large", c.selection);
}

}  // namespace downhill::ui
