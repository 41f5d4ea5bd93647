#include "ui/panels/loss_line.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

namespace downhill::ui {
namespace {

// Interpolates between the measured points; NaN beyond them.
float loss_at(const LossLine& line, float t) {
  for (size_t i = 1; i < line.distances.size(); ++i) {
    const float a = line.distances[i - 1], b = line.distances[i];
    if (t < a || t > b || !(b > a)) continue;
    const float share = (t - a) / (b - a);
    return line.losses[i - 1] + share * (line.losses[i] - line.losses[i - 1]);
  }
  return std::numeric_limits<float>::quiet_NaN();
}

size_t least(const LossLine& line) {
  size_t best = 0;
  for (size_t i = 0; i < line.losses.size(); ++i) {
    if (line.losses[i] < line.losses[best]) best = i;
  }
  return best;
}

}  // namespace

void draw_loss_line(Canvas& canvas, Chart& chart, std::string_view name, const Rect& rect,
                    const LossLine& line) {
  if (line.distances.size() < 2 || line.losses.size() != line.distances.size()) return;
  float low = line.loss, high = line.loss;
  for (const float loss : line.losses) {
    if (!std::isfinite(loss)) continue;
    low = std::min(low, loss);
    high = std::max(high, loss);
  }
  const float top = std::min(high, low + 4 * std::max(line.loss - low, 0.25f * line.loss));
  const double margin = 0.12 * static_cast<double>(std::max(top - low, 1e-6f));
  Rect place = rect;
  canvas.text_in(place.cut_top(16), Type::tiny, Tone::faint, "loss of this batch");
  chart.begin(
      canvas, name, place,
      {static_cast<double>(line.distances.front()), static_cast<double>(line.distances.back()),
       false, false, "steps of this size"},
      {static_cast<double>(low) - margin, static_cast<double>(top) + margin, false, false, "loss"});
  // What the gradient alone predicts.
  const float back = line.distances.front(), on = line.distances.back();
  const std::array<float, 2> ends = {back, on};
  const std::array<float, 2> tangent = {line.loss + back * line.slope, line.loss + on * line.slope};
  chart.line("tangent", ends, tangent, Tone::line_strong, 1);
  chart.line("loss", line.distances, line.losses, Tone::ink, 1.75f);
  chart.end();
  const auto mark = [&](float t, float loss, Tone tone, std::string_view words) {
    if (!std::isfinite(loss)) return;
    const Rect plot = chart.plot();
    const Vec at = chart.place(static_cast<double>(t), static_cast<double>(loss));
    if (at.x < plot.x0 || at.x > plot.x1) return;
    const Vec inside{at.x, std::clamp(at.y, plot.y0, plot.y1)};
    canvas.dot(inside, 4.5f, tone);
    canvas.explain(Rect::around(inside, 8), words);
  };
  const float after = loss_at(line, 1);
  mark(1, after, Tone::rate,
       LongLabel("Where a step of plain SGD with rate ")
           .add(rate(line.lr))
           .add(" ends: loss ")
           .add(number(after)));
  mark(0, line.loss, Tone::ink, LongLabel("Here: loss ").add(number(line.loss)));
}

LongLabel loss_line_words(const LossLine& line) {
  LongLabel words;
  if (line.losses.size() < 2) return words;
  const float after = loss_at(line, 1), best = line.distances[least(line)];
  words.add("A plain step of rate ").add(rate(line.lr)).add(" takes this batch's loss from ");
  words.add(number(line.loss)).add(" to ").add(number(after)).add(". ");
  if (!std::isfinite(after) || after > line.loss)
    return words.add("It goes too far: the loss rises.");
  if (best <= 0) return words.add("The lowest point is right here.");
  if (best >= line.distances.back())
    return words.add("The loss still falls at the end of the measured range.");
  return words.add("The lowest point on this line is ").add(rate(best)).add(" steps away.");
}

}  // namespace downhill::ui
