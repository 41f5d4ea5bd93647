// The view of phase 3, Loss: what the loss function gives for each image, and how these losses make
// one number.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "ui/chart.hpp"
#include "ui/nice_scale.hpp"
#include "ui/panels/batch_grid.hpp"
#include "ui/panels/stage.hpp"
#include "ui/panels/step_texts.hpp"

namespace downhill::ui {
namespace {

// What the x axis and the lines of the chart mean.
enum class Reading : uint8_t {
  one_output,     // x: the output's score; a line for each of the two classes
  cross_entropy,  // x: the score of the true class; one line
  mean,           // x: the same, but the loss depends on the other outputs too: no line
};

// By a fault the loss is the share of wrong answers.
bool counts(const Snapshot& s) { return s.spec.fault == Fault::accuracy; }

Reading reading_of(const Snapshot& s) {
  if (counts(s)) return output_count(s.spec) == 1 ? Reading::one_output : Reading::mean;
  if (kLosses[s.spec.loss].scores == LossScores::softmax) return Reading::cross_entropy;
  return output_count(s.spec) == 1 ? Reading::one_output : Reading::mean;
}

bool reads_outputs(LossKind loss) { return kLosses[loss].scores == LossScores::outputs; }

// One image's loss as a function of the score of its class, for drawing the line; the losses of
// real images come from the engine.
float loss_of(LossKind loss, float right) {
  switch (loss) {
    case LossKind::mnist:
      return 1 - right;
    case LossKind::bce:
    case LossKind::crossentropy:
      return -std::log(right);
    case LossKind::mse:
      return (1 - right) * (1 - right);
    case LossKind::l1:
      return std::abs(1 - right);
  }
  return 0;
}

// The same where mistakes are counted.
float mistake_of(float right) { return right > 0.5f ? 0.0f : 1.0f; }

LongLabel formula(const Snapshot& s) {
  if (counts(s)) return "a wrong answer costs 1, a right one 0";
  const LossRow& loss = kLosses[s.spec.loss];
  const char* digits = s.spec.digits.c_str();
  switch (reading_of(s)) {
    case Reading::cross_entropy:
      return LongLabel("each image costs ").add(loss.cost_of_right);
    case Reading::mean:
      return LongLabel("mean over the outputs of ")
          .add(loss.cost_of_right)
          .add(" for the digit, ")
          .add(loss.cost_of_wrong)
          .add(" for all others");
    case Reading::one_output:
      break;
  }
  return LongLabel()
      .format("a %c costs ", digits[0])
      .add(loss.cost_of_right)
      .format(", a %c costs ", digits[1])
      .add(loss.cost_of_wrong);
}

// The x position of image i.
float x_of(const Snapshot& s, size_t i) {
  const BatchView& batch = s.batch;
  if (reading_of(s) != Reading::one_output) return score_of(s, i, batch.labels[i]);
  return i < batch.scores.size() ? batch.scores[i] : std::numeric_limits<float>::quiet_NaN();
}

bool can_be_drawn(const Snapshot& s, size_t i) {
  return std::isfinite(s.batch.losses[i]) && std::isfinite(x_of(s, i));
}

size_t images_of(const BatchView& batch) {
  return std::min<size_t>({batch.shown, batch.losses.size(), batch.labels.size()});
}

struct Range {
  float low = 0, high = 1, top = 1;
  int drawn = 0, left_out = 0;  // images
};

Range range_of(const Snapshot& s) {
  const LossKind loss = s.spec.loss;
  Range r;
  float most = loss == LossKind::mnist ? 1.0f : 0.0f;
  for (size_t i = 0; i < images_of(s.batch); ++i) {
    if (!can_be_drawn(s, i)) {
      r.left_out += 1;
      continue;
    }
    r.drawn += 1;
    most = std::max(most, s.batch.losses[i]);
    if (!reads_outputs(loss)) continue;
    r.low = std::min(r.low, std::floor(x_of(s, i) * 2) / 2);
    r.high = std::max(r.high, std::ceil(x_of(s, i) * 2) / 2);
  }
  const float least = reading_of(s) == Reading::mean ? 0.05f : 0.7f;
  r.top = std::max(loss == LossKind::mnist ? 1.0f : least, most * 1.04f);
  return r;
}

// The loss function as a line. A logarithm is sampled in even steps of the loss, up to the top of
// the chart, so that it is smooth where it is steep.
void draw_loss_function(Chart& chart, std::string_view id, const Snapshot& s, const Range& range,
                        bool mirrored, Tone tone) {
  const LossKind loss = s.spec.loss;
  std::array<float, 129> xs{}, ys{};
  const bool logarithm = !counts(s) && (loss == LossKind::bce || loss == LossKind::crossentropy);
  for (size_t i = 0; i < xs.size(); ++i) {
    const float t = static_cast<float>(i) / static_cast<float>(xs.size() - 1);
    if (logarithm) {
      ys[i] = range.top * t;
      xs[i] = std::exp(-ys[i]);
      if (mirrored) xs[i] = 1 - xs[i];
    } else {
      xs[i] = range.low + (range.high - range.low) * t;
      const float right = mirrored ? 1 - xs[i] : xs[i];
      ys[i] = counts(s) ? mistake_of(right) : loss_of(loss, right);
    }
  }
  chart.line(id, xs, ys, tone, 1.5f, 0.8f);
}

void draw_loss_functions(Chart& chart, const Snapshot& s, const Range& range) {
  switch (reading_of(s)) {
    case Reading::one_output:
      draw_loss_function(chart, "first", s, range, false, Tone::three);
      draw_loss_function(chart, "second", s, range, true, Tone::seven);
      return;
    case Reading::cross_entropy:
      draw_loss_function(chart, "true", s, range, false, Tone::line_strong);
      return;
    case Reading::mean:
      return;
  }
}

// "a 3" and "a 7" beside the upper ends of the two lines.
void draw_line_names(Canvas& canvas, const Chart& chart, const Snapshot& s, const Range& range) {
  if (reading_of(s) != Reading::one_output || counts(s)) return;
  // The score of the right digit at which the loss is near the top of the chart.
  const bool logarithm = s.spec.loss == LossKind::bce || s.spec.loss == LossKind::crossentropy;
  float right = range.low + 0.06f * (range.high - range.low);
  if (logarithm) right = std::max(right, std::exp(-0.92f * range.top));
  const auto loss = static_cast<double>(loss_of(s.spec.loss, right));
  if (!chart.inside_y(loss)) return;
  const Vec first = chart.place(static_cast<double>(right), loss),
            second = chart.place(static_cast<double>(1 - right), loss);
  canvas.text(first.x + 10, first.y + 4, Type::small_strong, Tone::three_text,
              Label().format("a %c", s.spec.digits[0]));
  canvas.text_right(second.x - 10, second.y + 4, Type::small_strong, Tone::seven_text,
                    Label().format("a %c", s.spec.digits[1]));
}

Tone tone_of(const Snapshot& s, size_t i) {
  if (s.spec.digits.size() != 2) return Tone::ink;
  return class_of(s.spec, s.batch.labels[i]) == 0 ? Tone::three : Tone::seven;
}

Vec place_of(const Chart& chart, const Snapshot& s, size_t i) {
  return chart.place(static_cast<double>(x_of(s, i)), static_cast<double>(s.batch.losses[i]));
}

// How many marks and points of the lines lie in `box`.
int crowd_of(const Chart& chart, const Snapshot& s, const Range& range, const Rect& box) {
  int crowd = 0;
  for (size_t i = 0; i < images_of(s.batch); ++i) {
    if (can_be_drawn(s, i) && box.inset(-5).contains(place_of(chart, s, i))) crowd += 1;
  }
  if (reading_of(s) != Reading::one_output) return crowd;
  constexpr int kPoints = 128;
  for (int i = 0; i <= kPoints; ++i) {
    const float x = range.low + (range.high - range.low) * static_cast<float>(i) / kPoints;
    for (const float right : {x, 1 - x}) {
      const float loss = counts(s) ? mistake_of(right) : loss_of(s.spec.loss, right);
      const Vec at = chart.place(static_cast<double>(x), static_cast<double>(loss));
      if (box.contains(at)) crowd += 1;
    }
  }
  return crowd;
}

// The name of the dashed line at `y`, above it where the fewest marks and lines are.
void draw_mean_name(Canvas& canvas, const Chart& chart, const Snapshot& s, const Range& range,
                    float y, const Label& name) {
  const float width = canvas.width(Type::tiny, name), height = canvas.metrics(Type::tiny).line;
  const float baseline = y - chart.plot().y0 > 20 ? y - 5 : y + 14;
  const float left = chart.plot().x0 + 4, room = chart.plot().width() - 8 - width;
  constexpr int kPlaces = 8;
  float best = left + room;
  int least = std::numeric_limits<int>::max();
  for (int i = kPlaces; i >= 0 && least > 0; --i) {  // from the right on
    const float x = left + room * static_cast<float>(i) / kPlaces;
    const int crowd =
        crowd_of(chart, s, range, {x - 2, baseline - height + 3, x + width + 2, baseline + 3});
    if (crowd < least) least = crowd, best = x;
  }
  canvas.text(best, baseline, Type::tiny, Tone::ink, name);
}

// Draws one mark per image. Returns the image under the mouse, or -1.
int draw_marks(StageContext& c, const Chart& chart) {
  const BatchView& batch = c.snapshot.batch;
  int hovered = -1;
  float nearest = 12;
  for (size_t i = 0; i < images_of(batch); ++i) {
    if (!can_be_drawn(c.snapshot, i)) continue;
    const Vec at = place_of(chart, c.snapshot, i);
    c.canvas.dot(at, 5, Tone::paper);
    c.canvas.dot(at, 4, tone_of(c.snapshot, i), 0.75f);
    if (!is_right(batch, i)) c.canvas.ring(at, 5, Tone::ink, 1.25f);
    const float d = std::hypot(at.x - c.canvas.mouse().x, at.y - c.canvas.mouse().y);
    if (d < nearest) nearest = d, hovered = static_cast<int>(i);
  }
  return c.canvas.hovering(chart.plot()) ? hovered : -1;
}

// Between Predict and Loss, the images are those of this batch and the loss is still that of the
// previous one.
bool loss_is_current(const Snapshot& s) {
  return s.batch.predicted && s.status.phase != Phase::predict;
}

// With this many summands in full.
LongLabel sum_words(const Snapshot& s, size_t summands) {
  if (std::ranges::none_of(s.batch.losses, [](float loss) { return std::isfinite(loss); }))
    return "No image of this batch has a loss that is a finite number.";
  LongLabel text("loss = (");
  for (size_t i = 0; i < std::min(summands, s.batch.losses.size()); ++i) {
    if (i > 0) text.add(" + ");
    text.add(number(s.batch.losses[i]));
  }
  if (s.batch.size > summands) text.add(" + …");
  text.add(") ÷ ").add(count(s.batch.size)).add(" = ");
  return loss_is_current(s) ? text.add(number(s.status.train_loss)) : text.add("?");
}

// The name of the loss and what it makes of one image; in two parts where a line is too short.
// Cuts them off the top of `rest`.
void draw_formula(StageContext& c, Rect& rest) {
  Canvas& canvas = c.canvas;
  const float line = canvas.metrics(Type::small).line;
  const LongLabel name = counts(c.snapshot) ? kFaults[Fault::accuracy].words.label
                                            : kLosses[c.snapshot.spec.loss].words.label;
  const LongLabel costs = formula(c.snapshot);
  const LongLabel both = LongLabel(name).add(": ").add(costs);
  if (canvas.width(Type::tiny, both) <= rest.width()) {
    canvas.text_in(rest.cut_top(line), Type::tiny, Tone::faint, both);
    return;
  }
  canvas.text_in(rest.cut_top(line), Type::tiny, Tone::faint, name);
  const float height = canvas.paragraph_height(rest.width(), Type::tiny, costs, 3);
  canvas.paragraph(rest.cut_top(height), Type::tiny, Tone::faint, costs, 3);
}

// Cuts them off the top of `rest`.
void draw_words(StageContext& c, Rect& rest, float loss_value) {
  Canvas& canvas = c.canvas;
  const float figure =
      draw_figure(canvas, {rest.x0, rest.y0}, 88, "loss of this batch",
                  std::isnan(loss_value) && loss_is_current(c.snapshot) ? Label("NaN")
                                                                        : number(loss_value),
                  "The mean loss of its images: the number that training minimizes.");
  Rect lines{rest.x0 + figure + 24, rest.y0, rest.x1, rest.y1};
  draw_formula(c, lines);
  LongLabel sum("press play, or predict a batch first");
  if (c.snapshot.batch.predicted) {
    size_t summands = 4;
    do {
      sum = sum_words(c.snapshot, summands);
    } while (canvas.width(Type::body, sum) > lines.width() && --summands > 1);
  }
  canvas.paragraph(lines.cut_top(2 * canvas.metrics(Type::body).line), Type::body, Tone::ink, sum,
                   2);
  rest.y0 = std::max(rest.y0 + 76, lines.y0 + 8);
}

// The caption "loss of one image", and which images are left out.
void draw_caption(StageContext& c, const Rect& row, const Range& range) {
  const BatchView& batch = c.snapshot.batch;
  LongLabel text("loss of one image");
  if (range.left_out > 0) {
    text.format("; %d of them cannot be drawn, their numbers are too large", range.left_out);
  } else if (batch.shown < batch.size) {
    text.add(", of the first ").add(count(batch.shown));
  }
  if (range.left_out == 0) text.add("; ringed: wrong");
  if (range.drawn > 0) c.canvas.text_in(row, Type::small, Tone::soft, text);
}

LongLabel axis_words(const Snapshot& s) {
  const char* what = reads_outputs(s.spec.loss) ? "output" : "score";
  LongLabel text(what);
  if (reading_of(s) != Reading::one_output)
    return text.add(s.spec.label_noise > 0 ? " for the labelled digit" : " for the true digit");
  return text.format(": 0 means %c, 1 means %c", s.spec.digits[1], s.spec.digits[0]);
}

}  // namespace

void draw_loss_view(StageContext& c, const Rect& rect) {
  Canvas& canvas = c.canvas;
  Chart& chart = c.state.chart;
  const BatchView& batch = c.snapshot.batch;
  Rect rest = rect;
  const float loss_value = loss_is_current(c.snapshot) ? c.snapshot.status.train_loss
                                                       : std::numeric_limits<float>::quiet_NaN();
  draw_words(c, rest, loss_value);
  if (rest.height() < 80) return;
  const Range range = range_of(c.snapshot);
  draw_caption(c, rest.cut_top(20), range);
  if (batch.predicted && range.drawn == 0 && range.left_out > 0) {
    canvas.paragraph(rest, Type::body, Tone::soft,
                     "The outputs have grown beyond what a number can hold, so there is no loss to "
                     "draw. Go back, or choose a smaller learning rate.",
                     4);
    return;
  }
  const LongLabel axis = axis_words(c.snapshot);
  chart.begin(canvas, "loss-of-images", rest,
              {static_cast<double>(range.low), static_cast<double>(range.high), false, false, axis},
              {0, static_cast<double>(range.top), false, false, "loss"});
  draw_loss_functions(chart, c.snapshot, range);
  chart.end();
  draw_line_names(canvas, chart, c.snapshot, range);
  if (!batch.predicted) return;
  const double mean = static_cast<double>(loss_value);
  if (std::isfinite(mean) && chart.inside_y(mean)) {
    const float y = chart.place(0, mean).y;
    canvas.dashed({chart.plot().x0, y}, {chart.plot().x1, y}, Tone::ink, 4, 1);
    draw_mean_name(canvas, chart, c.snapshot, range, y, Label("mean ").add(number(loss_value)));
    canvas.explain({chart.plot().x0, y - 5, chart.plot().x1, y + 5},
                   "The mean over the whole batch: the loss.");
  }
  const Hit hit = canvas.hit("loss-marks", chart.plot(), -1, false);
  const int hovered = draw_marks(c, chart);
  if (hovered < 0) return;
  const auto i = static_cast<size_t>(hovered);
  const Vec at = place_of(chart, c.snapshot, i);
  canvas.ring(at, 8, Tone::ink, 1.5f);
  draw_image_card(c.snapshot, canvas, i, Rect::around(at, 8));
  if (hit.clicked && i < batch.indices.size()) c.selection.inspect(chosen_from_batch(batch, i));
}

}  // namespace downhill::ui
