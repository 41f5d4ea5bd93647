// Step 3 large: what the chosen loss makes of each image, and how the one number comes from all of
// them.
#include <array>
#include <cmath>
#include <limits>
#include <vector>

#include "ui/chart.hpp"
#include "ui/nice_scale.hpp"
#include "ui/panels/batch_grid.hpp"
#include "ui/panels/stage.hpp"
#include "ui/panels/step_texts.hpp"

namespace downhill::ui {
namespace {

// One image's loss for a score, as the page draws it; the numbers of real images come from the
// engine.
float loss_of(LossKind loss, float score, bool three) {
  const float right = three ? score : 1 - score;  // how much it says what is true
  switch (loss) {
    case LossKind::mnist:
      return 1 - right;
    case LossKind::bce:
    case LossKind::crossentropy:
      return -std::log(std::max(right, 1e-6f));
    case LossKind::mse:
      return (1 - right) * (1 - right);
    case LossKind::l1:
      return std::abs(1 - right);
  }
  return 0;
}

std::string_view formula(LossKind loss) {
  switch (loss) {
    case LossKind::mnist:
      return "a 3 costs 1 − score, a 7 costs score";
    case LossKind::bce:
      return "a 3 costs −ln score, a 7 costs −ln (1 − score)";
    case LossKind::mse:
      return "a 3 costs (output − 1)², a 7 costs output²";
    case LossKind::crossentropy:
      return "each digit costs −ln of its own score";
    case LossKind::l1:
      return "a 3 costs |output − 1|, a 7 costs |output|";
  }
  return "";
}

struct Range {
  float low = 0, high = 1, top = 1;
};

Range range_of(const BatchView& batch, LossKind loss) {
  Range r;
  float most = loss == LossKind::mnist ? 1.0f : 0.0f;
  for (size_t i = 0; i < batch.shown && i < batch.losses.size() && i < batch.scores.size(); ++i) {
    if (std::isfinite(batch.losses[i])) most = std::max(most, batch.losses[i]);
    if (loss != LossKind::mse || !std::isfinite(batch.scores[i])) continue;
    r.low = std::min(r.low, std::floor(batch.scores[i] * 2) / 2);
    r.high = std::max(r.high, std::ceil(batch.scores[i] * 2) / 2);
  }
  r.top = std::max(loss == LossKind::mnist ? 1.0f : 0.7f, most * 1.04f);
  return r;
}

void draw_rule_lines(Chart& chart, LossKind loss, const Range& range) {
  std::array<float, 65> xs{}, ys{};
  for (const bool three : {true, false}) {
    for (size_t i = 0; i < xs.size(); ++i) {
      xs[i] = range.low +
              (range.high - range.low) * static_cast<float>(i) / static_cast<float>(xs.size() - 1);
      ys[i] = loss_of(loss, xs[i], three);
    }
    chart.line(three ? "threes" : "sevens", xs, ys, three ? Tone::three : Tone::seven, 1.5f, 0.8f);
  }
}

// The chart with one mark per image. Returns the image under the mouse.
int draw_marks(StageContext& c, Chart& chart) {
  const BatchView& batch = c.snapshot.batch;
  int hovered = -1;
  float nearest = 12;
  for (size_t i = 0; i < batch.shown && i < batch.losses.size(); ++i) {
    if (!std::isfinite(batch.losses[i]) || !std::isfinite(batch.scores[i])) continue;
    const Vec at =
        chart.place(static_cast<double>(batch.scores[i]), static_cast<double>(batch.losses[i]));
    c.canvas.dot(at, 5, Tone::paper);
    c.canvas.dot(at, 4, batch.digits[i] == 3 ? Tone::three : Tone::seven, 0.75f);
    if (!is_right(batch, i)) c.canvas.ring(at, 5, Tone::ink, 1.25f);
    const float d = std::hypot(at.x - c.canvas.mouse().x, at.y - c.canvas.mouse().y);
    if (d < nearest) nearest = d, hovered = static_cast<int>(i);
  }
  return c.canvas.hovering(chart.plot()) ? hovered : -1;
}

// Between predict and loss the images are those of this batch, and the loss still that of the batch
// before.
bool loss_is_taken(const Snapshot& s) {
  return s.batch.predicted && s.status.phase != Phase::predict;
}

LongLabel sum_words(const Snapshot& s) {
  LongLabel text("loss = (");
  for (size_t i = 0; i < std::min<size_t>(4, s.batch.losses.size()); ++i) {
    if (i > 0) text.add(" + ");
    text.add(number(s.batch.losses[i]));
  }
  if (s.batch.size > 4) text.add(" + …");
  text.add(") ÷ ").add(count(s.batch.size)).add(" = ");
  return loss_is_taken(s) ? text.add(number(s.status.train_loss)) : text.add("?");
}

}  // namespace

void draw_loss_view(StageContext& c, const Rect& rect, Chart& chart) {
  Canvas& canvas = c.canvas;
  const BatchView& batch = c.snapshot.batch;
  const LossKind loss = c.snapshot.spec.loss;
  Rect rest = rect;
  const Rect words = rest.cut_top(76);
  const float loss_value = loss_is_taken(c.snapshot) ? c.snapshot.status.train_loss
                                                     : std::numeric_limits<float>::quiet_NaN();
  const float figure =
      draw_figure(canvas, {words.x0, words.y0}, 88, "loss of this batch", number(loss_value),
                  "The mean of the losses of its images: the number that training makes small.");
  const Rect lines{words.x0 + figure + 24, words.y0, words.x1, words.y1};
  const float line = canvas.metrics(Type::small).line;
  canvas.text_in({lines.x0, lines.y0, lines.x1, lines.y0 + line}, Type::tiny, Tone::faint,
                 Label(loss_label(loss)).add(": ").add(formula(loss)));
  canvas.paragraph(
      {lines.x0, lines.y0 + 20, lines.x1, lines.y1}, Type::body, Tone::ink,
      batch.predicted ? sum_words(c.snapshot).view() : "press play, or predict a batch first", 2);
  if (rest.height() < 80) return;
  const Range range = range_of(batch, loss);
  canvas.text_in(rest.cut_top(20), Type::small, Tone::soft, "loss of one image");
  chart.begin(
      canvas, "loss-of-images", rest,
      {static_cast<double>(range.low), static_cast<double>(range.high), false, false,
       loss == LossKind::mse ? "output: 0 means 7, 1 means 3" : "score: 0 means 7, 1 means 3"},
      {0, static_cast<double>(range.top), false, false, "loss"});
  draw_rule_lines(chart, loss, range);
  chart.end();
  if (!batch.predicted) return;
  const double mean = static_cast<double>(loss_value);
  if (std::isfinite(mean) && chart.inside_y(mean)) {
    const float y = chart.place(0, mean).y;
    canvas.dashed({chart.plot().x0, y}, {chart.plot().x1, y}, Tone::ink, 4, 1);
    canvas.explain({chart.plot().x0, y - 5, chart.plot().x1, y + 5},
                   "The mean over the whole batch: the loss.");
  }
  const int hovered = draw_marks(c, chart);
  if (hovered >= 0) {
    const auto i = static_cast<size_t>(hovered);
    const Vec at =
        chart.place(static_cast<double>(batch.scores[i]), static_cast<double>(batch.losses[i]));
    canvas.ring(at, 8, Tone::ink, 1.5f);
    draw_image_card(c.snapshot, canvas, i, Rect::around(at, 8));
  }
}

}  // namespace downhill::ui
