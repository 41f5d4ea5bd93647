// The view of phase 6, Repeat: the loop as one would write it, with how often each of its lines has
// been carried out, and how long it takes. What comes of it, the curves show beside this view.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <optional>

#include "ui/panels/batch_grid.hpp"
#include "ui/panels/stage.hpp"
#include "ui/panels/step_texts.hpp"

namespace downhill::ui {
namespace {

constexpr float kRow = 28, kStrip = 14, kIndent = 22;
constexpr float kBeside = 640;  // dp of width from which the figures stand beside the loop

struct LoopLine {
  int depth;
  LongLabel words;
  Label value;
  std::string_view help;
  std::optional<Phase> phase = {};             // what the line does
  uint32_t rounds = 0, of = 0, under_way = 0;  // of a loop: done, in all, and whether one has begun
};

// The rounds of a loop, each a cell where there is room: done, under way, to come.
void draw_rounds(Canvas& canvas, const Rect& rect, const LoopLine& line) {
  const auto all = static_cast<float>(std::max(line.of, 1u));
  const float step = rect.width() / all;
  if (step < 3)
    return progress_bar(canvas, {rect.x0, rect.y0 + 2, rect.x1, rect.y1 - 2},
                        static_cast<float>(line.rounds) / all);
  const float gap = step > 6 ? 2.0f : 1.0f;
  for (uint32_t i = 0; i < line.of; ++i) {
    const float x = rect.x0 + step * static_cast<float>(i);
    const bool now = i == line.rounds && line.under_way > 0;
    canvas.fill({x, rect.y0, x + std::min(step - gap, 28.0f), rect.y1},
                i < line.rounds ? Tone::ink
                : now           ? Tone::rate
                                : Tone::surface_deep,
                1);
  }
}

std::array<LoopLine, 8> loop_lines(const Snapshot& snapshot) {
  const Status& s = snapshot.status;
  const ExperimentSpec& spec = snapshot.spec;
  const uint32_t epoch = std::min(s.epoch + (s.finished ? 0u : 1u), std::max(s.epoch_limit, 1u));
  const bool started = s.phase != Phase::initialize && s.phase != Phase::repeat;
  // While a batch is under way, `batch` counts those before it.
  const uint32_t batch =
      std::min(s.batch + (started && !s.finished ? 1u : 0u), s.batches_per_epoch);
  const auto of = [](uint32_t n, uint32_t all) {
    return Label(count(n)).add(" of ").add(count(all));
  };
  const auto phase_words = [](Phase phase) { return LongLabel(step_text(phase).name); };
  const bool points = has_points(spec.data);
  const std::string_view items = points ? " points" : " images";
  Label tested = points ? Label("loss ").add(number(s.valid_loss)) : percent(s.valid_accuracy, 2);
  if (s.tested_epoch == 0) {
    tested.add(" before training");
  } else {
    tested.add(" after epoch ").add(count(s.tested_epoch));
  }
  return {{{0, "for each epoch", of(s.finished ? s.epoch : epoch, s.epoch_limit),
            points ? "One epoch: every point once." : "One epoch: every training image once.",
            std::nullopt, s.epoch, s.epoch_limit,
            s.finished ? 0u : 1u},
           {1,
            LongLabel(spec.shuffle ? "shuffle the" : "the")
                .add(points ? "" : " training")
                .add(items)
                .add(spec.shuffle ? "" : " in their order"),
            Label(count(s.train_count)).add(items),
            "Shuffled, each epoch goes through them in another order, so that no two batches are "
            "alike."},
           {1, "for each batch", of(batch, s.batches_per_epoch),
            "One batch: what one step looks at.", std::nullopt, s.batch,
            s.batches_per_epoch, started ? 1u : 0u},
           {2, phase_words(Phase::predict),
            Label(count(std::min(spec.batch, std::max(s.train_count, 1u)))).add(items),
            "Those of one batch.", Phase::predict},
           {2, phase_words(Phase::loss), number(s.train_loss),
            "Of the last batch, before its step.", Phase::loss},
           {2, phase_words(Phase::gradient), Label("norm ").add(number(s.gradient_norm)),
            "L2 over all weights, of the last batch.", Phase::gradient},
           {2, phase_words(Phase::step), Label("norm ").add(number(s.update_norm)),
            "L2 over the changes of all weights, of the last step.", Phase::step},
           {1, "validate", tested,
            "After each epoch the model is measured on the validation set, which it never learns "
            "from."}}};
}

// Draws the lines from the top of `rect` and returns where they end. A bracket joins the lines that a
// loop repeats.
float draw_loop(StageContext& c, const Rect& rect) {
  Canvas& canvas = c.canvas;
  const Status& s = c.snapshot.status;
  const std::array<LoopLine, 8> lines = loop_lines(c.snapshot);
  const bool legible = !s.running || s.speed > 0;  // at full speed the mark would only flicker
  float y = rect.y0, loop_y[2] = {}, low[2] = {};
  for (const LoopLine& line : lines) {
    Rect row{rect.x0 + kIndent * static_cast<float>(line.depth), y, rect.x1, y + kRow};
    if (legible && line.phase && line.phase == s.next && !s.finished)
      canvas.fill(row, Tone::surface_deep, 4);
    canvas.explain(row, line.help);
    const float middle = canvas.baseline(Type::body, row.center().y);
    const bool loop = line.of > 0;
    const Label value = line.value;
    canvas.text_right(row.x1 - 6, middle, Type::strong, Tone::ink, value);
    row.x1 -= canvas.width(Type::strong, value) + 18;
    row.x0 += 6;
    if (line.phase) {
      const Label digit = Label().format("%d", static_cast<int>(*line.phase) + 1);
      row.x0 += canvas.text(row.x0, middle, Type::body, Tone::faint, digit) + 8;
    }
    canvas.text_in(row, loop ? Type::strong : Type::body, Tone::ink, line.words);
    if (line.depth > 0) low[line.depth - 1] = row.center().y;
    if (line.depth == 1) low[0] = row.center().y;
    y += kRow;
    if (!loop) continue;
    loop_y[line.depth] = y;
    draw_rounds(canvas, {row.x0, y, rect.x1 - 6, y + kStrip - 6}, line);
    y += kStrip;
  }
  for (int depth = 0; depth < 2; ++depth) {
    const float x = rect.x0 + kIndent * static_cast<float>(depth) + 9;
    canvas.rule_down(x, loop_y[depth] + kStrip - 4, low[depth], Tone::line_strong);
    canvas.rule(x, x + 8, low[depth], Tone::line_strong);
  }
  return y;
}

struct Figure {
  std::string_view caption;
  Label value;
  std::string_view help;
};

Label short_duration(double seconds) {
  if (!std::isfinite(seconds)) return Label("–");
  if (seconds < 1) return Label().format(seconds < 0.01 ? "%.2f ms" : "%.0f ms", seconds * 1e3);
  return duration(seconds);
}

std::array<Figure, 6> figures_of(const Snapshot& snapshot) {
  const Status& s = snapshot.status;
  constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();
  const auto steps = static_cast<double>(s.step);
  const double per_step =
      s.step > 0 && s.training_seconds > 0 ? s.training_seconds / steps : kUnknown;
  const double planned = static_cast<double>(s.batches_per_epoch) * s.epoch_limit;
  const double left = std::max(0.0, planned - steps) * per_step;
  const uint64_t per_epoch = snapshot.spec.drop_last
                                 ? uint64_t{s.batches_per_epoch} * snapshot.spec.batch
                                 : uint64_t{s.train_count};
  const uint64_t batches = std::max(s.batches_per_epoch, 1u);
  const uint64_t images =
      per_epoch * (s.step / batches) + s.step % batches * uint64_t{snapshot.spec.batch};
  return {
      {{"steps done", count(s.step), "Optimizer steps of this run: one for each batch."},
       {has_points(snapshot.spec.data) ? "points seen" : "images seen", count(images),
        "What this run has learned from, each epoch anew."},
       {"time per step", short_duration(per_step),
        "The mean of this run so far: its time at work, validation included, by its steps."},
       {"time per epoch", short_duration(per_step * s.batches_per_epoch),
        "The mean of this run so far."},
       {"time so far", short_duration(s.training_seconds), "At work: pauses do not count."},
       {"time left", s.finished ? Label("0 s") : short_duration(left),
        "Until the last epoch, if the steps go on taking as long as they did."}}};
}

// Captions with numbers, in columns from the top of `rect`. Returns where they end.
float draw_figures(StageContext& c, const Rect& rect, int columns) {
  constexpr float kHigh = 48;
  const std::array<Figure, 6> figures = figures_of(c.snapshot);
  const float w = rect.width() / static_cast<float>(columns);
  for (int i = 0; i < static_cast<int>(figures.size()); ++i) {
    const Figure& figure = figures[static_cast<size_t>(i)];
    draw_figure(c.canvas,
                {rect.x0 + w * static_cast<float>(i % columns),
                 rect.y0 + kHigh * static_cast<float>(i / columns)},
                0, figure.caption, figure.value, figure.help);
  }
  return rect.y0 +
         kHigh * static_cast<float>((static_cast<int>(figures.size()) + columns - 1) / columns);
}

// The images that the loop is at; or the points, and the curve that comes of it.
void draw_batch(StageContext& c, const Rect& rect) {
  constexpr float kLeastFit = 120;
  if (has_points(c.snapshot.spec.data)) {
    if (rect.height() >= kLeastFit) draw_fit(c, rect);
    return;
  }
  constexpr float kHead = 28, kLargest = 84;
  Rect rest = rect;
  const Rect head = rest.cut_top(kHead);
  const gfx::TileGrid plan =
      plan_batch_grid(c.snapshot, c.canvas, rest.width(), rest.height(), kLargest);
  if (plan.tiles == 0) return;
  const BatchGrid grid = draw_batch_grid(c.snapshot, c.readings, c.canvas, {rest.x0, rest.y0}, plan,
                                         "batch-digits", 12, c.selection);
  const float y = head.center().y - 4;
  const float x = head.x0 + 12 +
                  c.canvas.text(head.x0, c.canvas.baseline(Type::strong, y), Type::strong,
                                Tone::ink, "The batch");
  const Label words = batch_words(c.snapshot.batch, grid.drawn);
  if (x + c.canvas.width(Type::small, words) <= head.x1)
    c.canvas.text(x, c.canvas.baseline(Type::small, y), Type::small, Tone::faint, words);
}

}  // namespace

void draw_repeat_view(StageContext& c, const Rect& rect) {
  Rect loop = rect;
  float end = 0;
  if (rect.width() >= kBeside) {
    const Rect figures = loop.cut_right(148);
    loop.x1 -= 32;
    end = std::max(draw_loop(c, loop), draw_figures(c, figures, 1));
  } else {
    loop.y0 = draw_loop(c, loop) + 12;
    c.canvas.rule(rect.x0, rect.x1, loop.y0, Tone::line);
    loop.y0 += 14;
    end = draw_figures(c, loop, rect.width() >= 560 ? 6 : rect.width() >= 330 ? 3 : 2);
  }
  draw_batch(c, {rect.x0, end + 20, rect.x1, rect.y1});
}

}  // namespace downhill::ui
