// The valley: the loss of the current batch along the line that the next step takes. Here is the
// ball, its tangent is the slope, the arrow is as long as the step, and where it lands is the loss
// after it. The picture follows the dial at once, because the line does not depend on the rate.
#include <array>
#include <cmath>

#include "ui/lr_scale.hpp"
#include "ui/lr_words.hpp"
#include "ui/panels/stage.hpp"
#include "ui/panels/step_texts.hpp"

namespace downhill::ui {
namespace {

// What is drawn: losses over the rate of the step, negative behind the ball.
struct Picture {
  const Valley& valley;
  float lr = 0;     // of the step
  float lands = 0;  // the loss there
};

// The losses that the picture has room for: all that are lower than here, and twice as much above.
ChartAxis loss_axis(const Valley& v) {
  float low = v.loss, high = v.loss;
  for (const float loss : v.near_losses) {
    if (!std::isfinite(loss)) continue;
    low = std::min(low, loss);
    high = std::max(high, loss);
  }
  const float depth = std::max({v.loss - low, 0.1f * (high - v.loss), 1e-4f * std::abs(v.loss)});
  const float top = std::min(high, v.loss + 2 * depth);
  // Where the gradient is 0 the line is level; less than a tenth of the loss would be rounding.
  const bool level = top - low < 1e-6f * std::abs(v.loss);
  const double margin = static_cast<double>(
      level ? 0.1f * std::abs(v.loss) : 0.12f * std::max(top - low, 1e-7f));
  return {static_cast<double>(low) - margin, static_cast<double>(top) + margin, false, false,
          "loss"};
}

void draw_arrow(Canvas& canvas, Vec from, Vec to) {
  if (to.x - from.x < 3) return;
  const float head = std::min(8.0f, (to.x - from.x) * 0.6f);
  canvas.line(from, {to.x - head, to.y}, Tone::rate, 2.5f);
  canvas.triangle({to.x, to.y}, {to.x - head, to.y - head * 0.6f},
                  {to.x - head, to.y + head * 0.6f}, Tone::rate);
}

// Where the step lands; `above` the picture, an arrow with the loss there.
void draw_landing(Canvas& canvas, const Rect& plot, Vec at, bool above, float loss) {
  if (!above) return canvas.dot(at, 6, Tone::rate);
  canvas.triangle({at.x, at.y}, {at.x - 7, at.y + 12}, {at.x + 7, at.y + 12}, Tone::rate);
  const Label words = Label("loss ").add(number(loss));
  const float w = canvas.width(Type::small_strong, words);
  const float x = at.x + 14 + w < plot.x1 ? at.x + 14 : at.x - 14 - w;
  canvas.text(x, at.y + 14, Type::small_strong, Tone::rate, words);
}

void draw_marks(Canvas& canvas, const Chart& chart, const Picture& p) {
  const Rect plot = chart.plot();
  const auto place = [&](float rate, float loss) {
    const Vec at = chart.place(static_cast<double>(rate), static_cast<double>(loss));
    return Vec{std::clamp(at.x, plot.x0, plot.x1), std::clamp(at.y, plot.y0, plot.y1)};
  };
  const Vec here = place(0, p.valley.loss);
  const bool beyond = !std::isfinite(p.lands);
  const Vec landing = beyond ? Vec{place(p.lr, p.valley.loss).x, plot.y0} : place(p.lr, p.lands);
  const Vec tip{landing.x, here.y};
  canvas.dashed(tip, landing, Tone::rate);
  draw_arrow(canvas, here, tip);
  if (p.valley.best > 0 && p.valley.best <= p.valley.near_rates.back()) {
    const Vec best = place(p.valley.best, loss_after(p.valley, p.valley.best));
    canvas.ring(best, 4, Tone::soft, 1.5f);
    canvas.explain(Rect::around(best, 10), LongLabel("The lowest of the measured losses, at rate ")
                                               .add(rate(p.valley.best))
                                               .add(": ")
                                               .add(number(loss_after(p.valley, p.valley.best))));
  }
  if (p.valley.best > p.valley.near_rates.back()) {
    canvas.text_right(plot.x1 - 4, plot.y0 + 14, Type::tiny, Tone::soft,
                      Label("lowest near ").add(rate(tidy_lr(p.valley.best))).add(" →"));
  }
  const bool above = beyond || chart.place(0, static_cast<double>(p.lands)).y < plot.y0;
  draw_landing(canvas, plot, landing, above, p.lands);
  canvas.dot(here, 7, Tone::ink);
  canvas.explain(
      Rect::around(landing, 12),
      LongLabel("Where a step of rate ").add(rate(p.lr)).add(" lands: loss ").add(number(p.lands)));
  canvas.explain(Rect::around(here, 12), LongLabel(p.valley.made ? "Before the step: loss " : "Here: loss ")
                                             .add(number(p.valley.loss)));
}

void draw_picture(StageContext& c, const Rect& rect, const Picture& p) {
  const Valley& v = p.valley;
  Chart& chart = c.state.chart;
  Rect rest = rect;
  c.canvas.text_in(rest.cut_top(18), Type::tiny, Tone::faint,
                   {"loss of this batch after one step of the rate below; thin: the tangent",
                    "loss of this batch after one step; thin: the tangent"});
  chart.begin(c.canvas, "valley", rest,
              {static_cast<double>(v.near_rates.front()), static_cast<double>(v.near_rates.back()),
               false, false, v.made ? "learning rate of the step; 0 is before it" : "learning rate of the step; 0 is here"},
              loss_axis(v));
  const std::array<float, 2> ends = {v.near_rates.front(), v.near_rates.back()};
  const std::array<float, 2> tangent = {v.loss + ends[0] * v.slope, v.loss + ends[1] * v.slope};
  chart.line("tangent", ends, tangent, Tone::line_strong, 1);
  MonotoneCurve& curve = c.state.valley_curve;
  curve.through(v.near_rates, v.near_losses);
  chart.line("loss", curve.xs, curve.ys, Tone::ink, 2.25f);
  chart.end();
  draw_marks(c.canvas, chart, p);
}

void draw_figures(StageContext& c, const Rect& rect, const Picture& p) {
  const bool plain = step_is_plain(c.snapshot);
  float x = rect.x0;
  const auto figure = [&](std::string_view caption, const Label& value, std::string_view help,
                          Tone tone = Tone::ink) {
    if (x + std::max(72.0f, c.canvas.width(Type::tiny, caption)) > rect.x1) return;
    x += draw_figure(c.canvas, {x, rect.y0}, 72, caption, value, help, tone) +
         (rect.width() > 480 ? 32.0f : 14.0f);
  };
  const bool made = p.valley.made;
  figure(made ? "loss before the step" : "loss here", number(p.valley.loss),
         made ? "The loss of this batch with the weights before the step."
              : "The loss of this batch with the weights as they are now.");
  figure("learning rate", rate(p.lr),
         made ? "The factor between the gradient and the step."
              : "The factor between the gradient and the next step.",
         Tone::rate);
  figure("loss after the step", number(p.lands),
         "The loss of the same batch where a step of this rate lands: measured, not predicted.");
  figure(plain ? "slope = −gradient²" : "slope along the line", signed_number(p.valley.slope),
         plain ? "How fast the loss falls along this line: minus the squared norm of the gradient."
               : "How fast the loss falls along the line that the optimizer takes.");
}

}  // namespace

void draw_valley_view(StageContext& c, const Rect& rect) {
  Canvas& canvas = c.canvas;
  const std::optional<Valley>& valley = c.snapshot.valley;
  if (!valley || valley->near_rates.size() < 2) {
    canvas.text_in({rect.x0, rect.y0, rect.x1, rect.y0 + 24}, Type::body, Tone::soft,
                   "The loss along the line is being measured.");
    return;
  }
  if (!std::isfinite(valley->loss)) {
    canvas.paragraph(rect, Type::body, Tone::soft,
                     "The loss is no longer a number, so there is no valley to draw. Go back, or "
                     "choose a smaller learning rate.");
    return;
  }
  const float lr = judged_rate(c.snapshot, c.snapshot.spec.lr);
  const Picture p{*valley, lr, loss_after(*valley, lr)};
  Rect rest = rect;
  // On a low stage the figures stand beside the tabs.
  const Rect& beside = c.beside_tabs;
  if (rect.height() < 380 && beside.width() > 340) {
    draw_figures(c, beside, p);
  } else {
    draw_figures(c, rest.cut_top(48), p);
    rest.cut_top(8);
  }
  LongLabel words = verdict_sentence(*valley, lr);
  if (valley->best > valley->near_rates.back())
    words.add(" This batch alone is lowest further on, near rate ")
        .add(rate(tidy_lr(valley->best)))
        .add("; other batches pull elsewhere.");
  if (valley->step != c.snapshot.status.step)
    words.add(" Measured at step ").add(count(valley->step)).add(".");
  constexpr int kLines = 6;  // of the words, on the narrowest page
  const float below = canvas.paragraph_height(rect.width(), Type::body, words, kLines) + 16;
  if (const float high = rest.height() - below; high >= 120) {
    draw_picture(c, rest.cut_top(std::min(high, std::max(120.0f, rest.width() * 1.1f))), p);
    rest.cut_top(12);
  }
  canvas.paragraph(rest, Type::body, Tone::ink, words, kLines);
}

}  // namespace downhill::ui
