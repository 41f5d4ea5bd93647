#include "ui/panels/weight_tie.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdlib>
#include <limits>

#include "ui/panels/layer_chooser.hpp"
#include "ui/panels/stage.hpp"
#include "ui/panels/step_texts.hpp"
#include "ui/parameter_words.hpp"

namespace downhill::ui {
namespace {

bool of_layer(const LayerInfo& layer, uint32_t weight) {
  const bool own =
      weight >= layer.weight_offset && weight - layer.weight_offset < layer.in * layer.out;
  return own ||
         (layer.has_bias && weight >= layer.bias_offset && weight - layer.bias_offset < layer.out);
}

// The point on the edge of `rect`, a little outside, in the direction of `to`.
Vec edge_towards(const Rect& rect, Vec to) {
  const Vec from = rect.center();
  const float dx = to.x - from.x, dy = to.y - from.y, length = std::hypot(dx, dy);
  if (length <= 0) return from;
  const float reach = std::max(rect.width(), rect.height()) / 2 + 3;
  return {from.x + dx / length * reach, from.y + dy / length * reach};
}

void draw_head(Canvas& canvas, Vec tip, Vec tail, float size, Tone tone) {
  const float dx = tip.x - tail.x, dy = tip.y - tail.y, length = std::hypot(dx, dy);
  if (length <= 0) return;
  const float x = dx / length * size, y = dy / length * size;
  canvas.triangle(tip, {tip.x - x - y / 2, tip.y - y + x / 2},
                  {tip.x - x + y / 2, tip.y - y - x / 2}, tone);
}

// A term of the equation: what it is, its number, and the sign before it.
struct Term {
  std::string_view sign, caption, brief, help;
  Label value;
  Tone tone = Tone::ink;
};
struct Terms {
  std::array<Term, 5> list;
  size_t count = 0;
  void add(const Term& term) { list[count++] = term; }
  std::span<const Term> all() const { return std::span(list).first(count); }
};

Label fixed(float value, int decimals) {
  return Label(std::signbit(value) ? "−" : "+")
      .format("%.*f", decimals, static_cast<double>(std::abs(value)));
}

// Enough decimals to see the change of a weight, and `more`.
Label weight_number(float value, float change, int more = 0) {
  const float size = std::abs(change);
  if (!std::isfinite(value) || std::abs(value) >= 1e4f || !(size > 0) || !std::isfinite(size))
    return signed_number(value);
  return fixed(value,
               std::clamp(2 - static_cast<int>(std::floor(std::log10(size))), 3, 7) + more);
}

// Four digits, and `more`.
Label gradient_number(float value, int more) {
  const float size = std::abs(value);
  if (more == 0 || !(size > 1e-7f) || !(size < 1e4f)) return signed_number(value);
  return fixed(value, std::max(0, 3 - static_cast<int>(std::floor(std::log10(size)))) + more);
}

double number_of(const Label& text) {
  const std::string_view minus = "−";
  const bool negative = text.view().starts_with(minus);
  return (negative ? -1 : 1) *
         std::strtod(text.c_str() + (negative ? minus.size() : 0), nullptr);
}

// To six digits: a product that is shown beside it follows from it.
Label exact_rate(float value) {
  const Label brief = rate(value);
  if (std::strtof(brief.c_str(), nullptr) == value) return brief;
  return Label().format("%.6g", static_cast<double>(value));
}

// The numbers of `before − rate × gradient = after` as they are shown.
struct Shown {
  Label before, rate, gradient, after;
};
// With so many digits that what is shown on the left gives what is shown on the right.
Shown shown(const WeightStep& step) {
  Shown s{{}, exact_rate(step.rate), {}, weight_number(step.after, step.change)};
  const double after = number_of(s.after);
  const size_t point = s.after.view().find('.');
  const double half =
      point == std::string_view::npos
          ? 0.5
          : 0.5 * std::pow(10.0, -static_cast<double>(s.after.view().size() - point - 1));
  for (int more = 0; more < 4; ++more) {
    s.before = weight_number(step.before, step.change, more);
    s.gradient = gradient_number(step.gradient, more);
    const double gives = number_of(s.before) - number_of(s.rate) * number_of(s.gradient);
    if (std::abs(gives - after) < half) break;
  }
  return s;
}

Terms terms_of(const WeightStep& step, std::string_view optimizer) {
  Terms terms;
  const Shown numbers = shown(step);
  terms.add({"", step.done ? "weight before" : "weight", step.done ? "before" : "weight",
             "Its value before the step.",
             step.plain ? numbers.before : weight_number(step.before, step.change),
             sign_tone(step.before)});
  if (step.plain) {
    terms.add({"−", "learning rate", "rate", "That of this step.", numbers.rate, Tone::rate});
    terms.add({"×", step.done ? "gradient before" : "gradient", "gradient",
               step.done
                   ? "How much the loss grows per unit of this weight, with the weights before "
                     "the step."
                   : "How much the loss grows per unit of this weight.",
               numbers.gradient, sign_tone(step.gradient)});
  } else {
    terms.add({"+", "change", "change", optimizer, weight_number(step.change, step.change),
               sign_tone(step.change)});
  }
  terms.add({"=", step.done ? "weight now" : "new weight", step.done ? "now" : "new",
             step.done ? "Its value after the step." : "Its value if the step were taken now.",
             weight_number(step.after, step.change), sign_tone(step.after)});
  if (step.own) {
    terms.add({" ", "its gradient", "its grad.",
               "How much the loss of the selected image alone grows per unit of this weight.",
               signed_number(step.gradient), sign_tone(step.gradient)});
  }
  return terms;
}

float term_width(const Canvas& canvas, const Term& term, bool brief) {
  return std::max(canvas.width(Type::tiny, brief ? term.brief : term.caption),
                  canvas.width(Type::strong, term.value));
}

float row_width(const Canvas& canvas, const Terms& terms, bool brief, float gap) {
  float width = -(2 * gap + 9);
  for (const Term& term : terms.all()) width += term_width(canvas, term, brief) + 2 * gap + 9;
  return width;
}

void draw_in_a_row(Canvas& canvas, const Terms& terms, Vec at, bool brief, float gap) {
  float x = at.x;
  for (const Term& term : terms.all()) {
    if (!term.sign.empty()) {
      canvas.text_center(x + gap + 4.5f, at.y + 33, Type::strong, Tone::ink, term.sign);
      x += 2 * gap + 9;
    }
    x += draw_figure(canvas, {x, at.y}, term_width(canvas, term, brief),
                     brief ? term.brief : term.caption, term.value, term.help, term.tone);
  }
}

float draw_below_each_other(Canvas& canvas, const Terms& terms, const Rect& rect) {
  float y = rect.y0 + 14;
  for (const Term& term : terms.all()) {
    Label name(term.sign);
    if (!term.sign.empty()) name.add(" ");
    const bool room = canvas.width(Type::small, Label(name).add(term.caption)) +
                          canvas.width(Type::small, term.value) + 12 <
                      rect.width();
    name.add(room ? term.caption : term.brief);
    canvas.explain({rect.x0, y - 14, rect.x1, y + 6}, term.help);
    y = fact_row(canvas, rect.x0, rect.x1, y, name, term.value, term.tone);
  }
  return y;
}

// Of which weight the step is, in one line, or in two where there is height for them. Returns the
// height.
float draw_equation_title(Canvas& canvas, const Rect& rect, const WeightStep& step,
                          std::string_view name) {
  LongLabel title(step.done ? "Last step of " : "Next step of ");
  title.add(name);
  const std::string_view brief = name.substr(0, name.find(" of layer"));
  const bool one_line = canvas.width(Type::strong, name) <= rect.width();
  if (!one_line && rect.height() > 130)
    return canvas.paragraph(rect, Type::strong, Tone::ink, brief, 3) + 4;
  canvas.text_in({rect.x0, rect.y0, rect.x1, rect.y0 + 20}, Type::strong, Tone::ink,
                 {title.view(), name, brief});
  return 24;
}

// Draws the terms in a row if they fit.
bool draw_row_if_room(Canvas& canvas, const Terms& terms, const Rect& rect) {
  for (const float gap : {10.0f, 6.0f, 4.0f}) {
    for (const bool brief : {false, true}) {
      if (row_width(canvas, terms, brief, gap) > rect.width()) continue;
      draw_in_a_row(canvas, terms, {rect.x0, rect.y0}, brief, gap);
      return true;
    }
  }
  return false;
}

void draw_hint(StageContext& c, const Rect& rect) {
  const LayerInfo* layer = chosen_layer(c.snapshot, c.selection);
  const bool enlarge = layer != nullptr && c.selection.unit < 0 && tiles_of(*layer).units > 1;
  c.canvas.text_in({rect.x0, rect.y0, rect.x1, rect.y0 + 20}, Type::strong, Tone::ink,
                   "One weight");
  c.canvas.paragraph(
      {rect.x0, rect.y0 + 24, rect.x1, rect.y1}, Type::small, Tone::soft,
      enlarge ? "Point at a weight to read it. Click a tile to enlarge it, then a weight to nudge "
                "it and watch the loss."
              : "Point at a weight to read it. Click it to nudge it and watch the loss.",
      std::max(3, static_cast<int>((rect.height() - 24) / c.canvas.metrics(Type::small).line)));
}

}  // namespace

std::optional<uint32_t> weight_on_show(const Snapshot& snapshot, const Readings& readings,
                                       const Selection& selection) {
  if (selection.pointed) return selection.pointed;
  const LayerInfo* layer = chosen_layer(snapshot, selection);
  if (selection.probe && layer != nullptr && of_layer(*layer, *selection.probe))
    return selection.probe;
  return readings.followed.weight;
}

void follow_largest(Readings& readings, const Snapshot& snapshot, const Selection& selection,
                    const HeatFrame& frame) {
  const LayerInfo* layer = chosen_layer(snapshot, selection);
  if (layer == nullptr) return;
  const bool bars = frame.tiles.kind == TileKind::bars;
  const auto size = static_cast<uint32_t>(frame.tiles.size());
  const uint32_t first = bars ? 0 : static_cast<uint32_t>(frame.plan.first) * size;
  const uint32_t count = bars ? layer->out : static_cast<uint32_t>(frame.plan.grid.tiles) * size;
  const Followed wanted{{}, selection.layer, first, count, snapshot.status.parameter_count};
  Followed& followed = readings.followed;
  if (followed.weight && followed.same_place(wanted)) return;
  followed = wanted;
  const std::span<const float> gradients = snapshot.parameters.gradients;
  if (gradients.size() < size_t{layer->weight_offset} + first + count) return;
  float most = 0;
  for (uint32_t i = layer->weight_offset + first; i < layer->weight_offset + first + count; ++i) {
    if (!(std::abs(gradients[i]) > most) || !std::isfinite(gradients[i])) continue;
    most = std::abs(gradients[i]);
    followed.weight = i;
  }
}

void draw_tie(Canvas& canvas, const LayerInfo& layer, const HeatFrame& from, const HeatFrame& to,
              uint32_t weight, bool head) {
  const std::optional<Rect> a = parameter_rect(canvas, from, layer, weight);
  const std::optional<Rect> b = parameter_rect(canvas, to, layer, weight);
  if (!a || !b) return;
  const Vec tail = edge_towards(*a, b->center()), tip = edge_towards(*b, a->center());
  if (std::hypot(tip.x - tail.x, tip.y - tail.y) < 16) return;
  canvas.line(tail, tip, Tone::paper, 5, 0.85f);
  if (head) draw_head(canvas, tip, tail, 13, Tone::paper);
  canvas.line(tail, tip, Tone::rate, 2);
  if (head) draw_head(canvas, tip, tail, 10, Tone::rate);
}

void draw_tie_by(Canvas& canvas, const LayerInfo& layer, const HeatFrame& from, const HeatFrame& to,
                 uint32_t weight, float x) {
  const std::optional<Rect> a = parameter_rect(canvas, from, layer, weight);
  const std::optional<Rect> b = parameter_rect(canvas, to, layer, weight);
  if (!a || !b) return;
  const Vec before{x, a->center().y}, after{x, b->center().y};
  const Vec tail = edge_towards(*a, before), tip = edge_towards(*b, after);
  const std::array<Vec, 4> way = {tail, before, after, tip};
  for (size_t i = 1; i < way.size(); ++i) canvas.line(way[i - 1], way[i], Tone::paper, 5, 0.85f);
  draw_head(canvas, tip, after, 13, Tone::paper);
  for (size_t i = 1; i < way.size(); ++i) canvas.line(way[i - 1], way[i], Tone::rate, 2);
  draw_head(canvas, tip, after, 10, Tone::rate);
}

WeightStep step_of_weight(const StageContext& c, uint32_t weight) {
  const Parameters& p = c.snapshot.parameters;
  const Readings& r = c.readings;
  WeightStep step;
  if (weight >= r.settled.size() || weight >= p.changes.size() || weight >= p.gradients.size())
    return step;
  step.known = true;
  step.done = r.after_step;
  step.own = c.selection.shows_own_gradient();
  step.plain = is_plain_sgd(c.snapshot.spec) && !step.own;
  const std::span<const float> gradients = Readings::gradient(c.snapshot, c.selection);
  step.gradient =
      weight < gradients.size() ? gradients[weight] : std::numeric_limits<float>::quiet_NaN();
  step.rate = r.step_lr;
  step.change = p.changes[weight];
  const float value = r.settled[weight];
  step.before = step.done ? value - step.change : value;
  step.after = step.done ? value : value + step.change;
  return step;
}

float draw_weight_equation(StageContext& c, const Rect& rect) {
  Canvas& canvas = c.canvas;
  const std::optional<uint32_t> weight = weight_on_show(c.snapshot, c.readings, c.selection);
  const bool there = weight && *weight < c.snapshot.parameters.values.size();
  WeightStep step = there ? step_of_weight(c, *weight) : WeightStep{};
  if (!step.known) {
    draw_hint(c, rect);
    return rect.y1;
  }
  const Label name = parameter_words(c.snapshot, *weight);
  const LongLabel optimizer = optimizer_words(c.snapshot.spec);
  Rect below = rect;
  below.y0 += draw_equation_title(canvas, rect, step, name);
  if (draw_row_if_room(canvas, terms_of(step, optimizer), below)) return below.y0 + 44;
  if (rect.height() > 130) return draw_below_each_other(canvas, terms_of(step, optimizer), below);
  // Where there is room neither beside nor below, the factors of the change are left out.
  step.plain = step.own = false;
  draw_row_if_room(canvas, terms_of(step, optimizer), below);
  return below.y0 + 44;
}

}  // namespace downhill::ui
