// Statistics of every layer on the batch: how its outputs are distributed, how many are zero, and
// their gradients. A signal that fades or grows from layer to layer shows here first. (fastai's
// ActivationStats shows the same over whole runs.)
#include <algorithm>
#include <cmath>

#include "ui/panels/stage.hpp"

namespace downhill::ui {
namespace {

constexpr float kHead = 36, kLeastRow = 34, kMostRow = 92;
constexpr float kRanged = 52;  // a row of this height prints the ranges of its histograms
constexpr float kDead = 0.9f;  // a layer with a larger share of zeros passes hardly anything on

struct Columns {  // left edges and widths; a width of 0: no room for it
  float name = 0, name_width = 0;
  float outputs = 0, gradients = 0, histogram = 0;
  float spread = 0, zeros = 0, slope = 0;  // right edges
};

Columns columns_in(const Rect& rect) {
  Columns c;
  const bool narrow = rect.width() < 360;
  const float spread = narrow ? 92.0f : 108.0f, zeros = narrow ? 40.0f : 52.0f,
              slope = narrow ? 56.0f : 76.0f, gap = narrow ? 6.0f : 10.0f;
  const float numbers = spread + zeros + slope + 3 * gap;
  c.name_width = std::clamp(rect.width() - numbers - 2 * (72 + gap),
                            std::min(92.0f, rect.width() - numbers), 220.0f);
  const float left = rect.width() - numbers - c.name_width;
  c.histogram = left >= 2 * (40 + gap) ? std::min(120.0f, left / 2 - gap) : 0;
  c.name = rect.x0;
  float x = rect.x0 + c.name_width;
  c.outputs = x + gap;
  if (c.histogram > 0) x += c.histogram + gap;
  c.spread = x + gap + spread;
  c.zeros = c.spread + zeros;
  x = c.zeros + gap;
  c.gradients = x + gap;
  if (c.histogram > 0) x += c.histogram + gap;
  c.slope = std::min(x + slope + gap, rect.x1);
  return c;
}

// A histogram from the least to the greatest value, with a mark at zero: blue above, orange below.
void draw_histogram(Canvas& canvas, const Rect& rect, const Spread& spread) {
  const uint32_t top = *std::max_element(spread.counts.begin(), spread.counts.end());
  if (top == 0) return;
  const float range = spread.greatest - spread.least;
  const float w = rect.width() / static_cast<float>(Spread::kBins);
  for (uint32_t bin = 0; bin < Spread::kBins; ++bin) {
    if (spread.counts[bin] == 0) continue;
    const float share = static_cast<float>(spread.counts[bin]) / static_cast<float>(top);
    const float middle =
        spread.least + range * (static_cast<float>(bin) + 0.5f) / static_cast<float>(Spread::kBins);
    const float x = rect.x0 + w * static_cast<float>(bin);
    canvas.fill({x, rect.y1 - std::max(1.0f, share * rect.height()), x + w, rect.y1},
                middle < 0 ? Tone::seven : Tone::three, 0, 0.8f);
  }
  canvas.rule(rect.x0, rect.x1, rect.y1, Tone::line_strong);
  if (spread.least < 0 && spread.greatest > 0) {
    const float zero = rect.x0 - rect.width() * spread.least / range;
    canvas.rule_down(zero, rect.y0, rect.y1 + 3, Tone::line_strong);
  }
  LongLabel words("From ");
  words.add(number(spread.least)).add(" to ").add(number(spread.greatest));
  words.add(". The mark is at zero.");
  canvas.explain(rect, words);
}

void draw_head(Canvas& canvas, const Rect& rect, const Columns& c) {
  const float upper = rect.y0 + 10, lower = rect.y0 + 27;
  canvas.text(c.outputs, upper, Type::small_strong, Tone::ink, "outputs");
  if (c.histogram > 0) {
    canvas.text(c.gradients, upper, Type::small_strong, Tone::ink, "gradients");
  } else {
    canvas.text_right(c.slope, upper, Type::small_strong, Tone::ink, "gradients");
  }
  canvas.text(c.name, lower, Type::tiny, Tone::faint, "layer");
  canvas.text_right(c.spread, lower, Type::tiny, Tone::faint, "mean ± std");
  canvas.text_right(c.zeros, lower, Type::tiny, Tone::faint, "zeros");
  canvas.text_right(c.slope, lower, Type::tiny, Tone::faint, "std");
  canvas.explain({c.zeros - 48, rect.y0, c.zeros, rect.y1},
                 "The share of the outputs that are exactly 0. After a ReLU about half is usual; a "
                 "layer of zeros is dead.");
  canvas.explain({c.zeros + 12, rect.y0, rect.x1, rect.y1},
                 "How the loss would change if an output of this layer grew. Where this shrinks "
                 "from the last layer to the first, the first layers learn nothing.");
  canvas.rule(rect.x0, rect.x1, rect.y1 - 2, Tone::line_strong);
}

// Two or three digits, enough to compare layers.
Label brief(float value) {
  const double v = static_cast<double>(value), size = std::abs(v);
  if (!std::isfinite(value) || size >= 1e4) return number(value);
  if (size == 0) return "0";
  const Label sign(v < 0 ? "−" : "");
  if (size >= 1e-3) return Label(sign).format("%.*f", size < 0.1 ? 4 : 2, size);
  const int exponent = static_cast<int>(std::floor(std::log10(size)));
  return Label(sign).format("%.1fe−%d", size / std::pow(10.0, exponent), -exponent);
}

// "0.31 ± 0.72"; a mean that is only rounding error beside a large deviation prints as 0.
Label mean_words(const Spread& spread) {
  const bool nothing = std::abs(spread.mean) < spread.deviation * 1e-4f;
  return Label(nothing ? Label("0") : brief(spread.mean)).add(" ± ").add(brief(spread.deviation));
}

void draw_row(Canvas& canvas, const Rect& row, const Columns& c, const LayerStatistics& layer,
              const LayerSummary& line) {
  const float y = canvas.baseline(Type::small, row.center().y);
  const Rect name{c.name, row.y0, c.name + c.name_width, row.y1};
  canvas.text_in(name, Type::small, line.parameters > 0 ? Tone::ink : Tone::soft,
                 {line.kind, brief_kind(line.kind)});
  if (c.histogram > 0) {
    const bool ranged = row.height() >= kRanged && c.histogram >= 100;
    const auto histogram = [&](float x, const Spread& spread) {
      const Rect place{x, row.y0 + 6, x + c.histogram, row.y1 - (ranged ? 18.0f : 6.0f)};
      draw_histogram(canvas, place, spread);
      if (!ranged) return;
      canvas.text(x, row.y1 - 5, Type::tiny, Tone::faint, brief(spread.least));
      canvas.text_right(place.x1, row.y1 - 5, Type::tiny, Tone::faint, brief(spread.greatest));
    };
    histogram(c.outputs, layer.outputs);
    histogram(c.gradients, layer.gradients);
  }
  canvas.text_right(c.spread, y, Type::small, Tone::ink, mean_words(layer.outputs));
  const bool dead = layer.outputs.zeros > kDead;
  canvas.text_right(c.zeros, y, dead ? Type::small_strong : Type::small,
                    dead ? Tone::ink : Tone::soft, percent(layer.outputs.zeros, 0));
  canvas.text_right(c.slope, y, Type::small, Tone::ink, brief(layer.gradients.deviation));
  canvas.rule(row.x0, row.x1, row.y1, Tone::line);
}

}  // namespace

void draw_statistics(StageContext& c, const Rect& rect) {
  Canvas& canvas = c.canvas;
  const std::vector<LayerStatistics>& layers = c.snapshot.statistics;
  Rect rest = rect;
  rest.cut_top(6);
  if (layers.empty()) {
    canvas.paragraph(rest, Type::body, Tone::soft,
                     "The statistics of every layer appear as soon as there is a batch.", 2);
    return;
  }
  constexpr float kScrollBar = 10;
  const Columns columns = columns_in({rest.x0, rest.y0, rest.x1 - kScrollBar, rest.y1});
  draw_head(canvas, rest.cut_top(kHead), columns);
  const auto count = static_cast<float>(layers.size());
  const float height = std::clamp(std::floor((rest.height() - 4) / count), kLeastRow, kMostRow);
  const Rect content = canvas.begin_scroll("statistics", rest, height * count + 4);
  for (size_t i = 0; i < layers.size(); ++i) {
    const Rect row = {content.x0, content.y0 + height * static_cast<float>(i), content.x1,
                      content.y0 + height * static_cast<float>(i + 1)};
    if (row.y1 < rest.y0 || row.y0 > rest.y1 || layers[i].line >= c.readings.table.size()) continue;
    draw_row(canvas, row, columns, layers[i], c.readings.table[layers[i].line]);
  }
  canvas.end_scroll();
}

}  // namespace downhill::ui
