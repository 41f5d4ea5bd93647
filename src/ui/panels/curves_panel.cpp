#include "ui/panels/curves_panel.hpp"

#include <array>
#include <cmath>
#include <limits>
#include <optional>

#include "ui/nice_scale.hpp"
#include "ui/panels/curve_legend.hpp"
#include "ui/widgets.hpp"

namespace downhill::ui {
namespace {

constexpr float kHead = 26, kLegend = 20;
constexpr float kLeastChart = 96, kBetween = 16, kAside = 24;  // of charts and between them

// How many charts stand side by side.
int columns_in(float width) { return width >= 3 * 216 + 2 * kAside ? 3 : width >= 480 ? 2 : 1; }

// The value at a step, from 1, or the last one for step 0; NaN where there is none.
float value_or_last(std::span<const float> values, uint32_t step) {
  if (step > 0) return values[step - 1];
  return values.empty() ? std::numeric_limits<float>::quiet_NaN() : values.back();
}

// Choices at the right end of a chart's head, at most `widest` wide.
std::optional<int> head_choice(Canvas& canvas, std::string_view name, std::string_view suffix,
                               const Rect& head, float widest,
                               std::span<const std::string_view> choices, int chosen,
                               std::string_view help = {}) {
  const float w = std::min(segmented_width(canvas, choices), widest);
  return segmented(canvas, BasicLabel<32>(name).add(suffix),
                   Rect::at(head.x1 - w, head.y0, w, kHead), choices, chosen, help);
}

// The value of the last validation at or before a step; NaN before the first.
float value_at(std::span<const float> steps, std::span<const float> values, uint32_t step) {
  float value = std::numeric_limits<float>::quiet_NaN();
  for (size_t i = 0; i < steps.size() && steps[i] <= static_cast<float>(step); ++i)
    value = values[i];
  return value;
}

// Whether the line through a and b enters the rectangle.
bool enters(const Rect& r, Vec a, Vec b) {
  const float from = std::max(a.x, r.x0), to = std::min(b.x, r.x1);
  if (from > to) return false;
  const auto y_at = [&](float x) {
    return b.x > a.x ? a.y + (b.y - a.y) * (x - a.x) / (b.x - a.x) : b.y;
  };
  return std::min(y_at(from), y_at(to)) < r.y1 && std::max(y_at(from), y_at(to)) > r.y0;
}

// The label of a level line at `y`, below or above it at one of its ends, where the curve is not;
// none where the curve is everywhere.
void draw_label_of(Canvas& canvas, const Chart& chart, float y, std::span<const float> xs,
                   std::span<const float> ys, std::string_view words) {
  const Rect plot = chart.plot();
  const float cap = canvas.metrics(Type::tiny).cap, width = canvas.width(Type::tiny, words);
  const auto place = [&](size_t i) {
    return chart.place(static_cast<double>(xs[i]), static_cast<double>(ys[i]));
  };
  for (const float x : {plot.x1 - width - 3, plot.x0 + 3}) {
    for (const float top : {y + 2, y - 8 - cap}) {
      const Rect slip = Rect::at(x, top, width + 3, cap + 6);
      bool free = slip.x0 >= plot.x0 && slip.y0 >= plot.y0 - 4 && slip.y1 <= plot.y1;
      for (size_t i = 0; free && i < std::min(xs.size(), ys.size()); ++i)
        free = !enters(slip.inset(-2), place(i > 0 ? i - 1 : 0), place(i));
      if (!free) continue;
      canvas.text(slip.x0 + 1, slip.y1 - 3, Type::tiny, Tone::soft, words);
      return;
    }
  }
}

}  // namespace

CurveStore* CurvesPanel::beside(const Selection& selection) const {
  return selection.previous_run ? store_.previous() : nullptr;
}

void CurvesPanel::draw_previous_choice(Canvas& canvas, const Rect& head,
                                       Selection& selection) const {
  if (store_.previous() == nullptr) return;
  Label label = "Previous run";
  if (selection.previous_run)
    label = Label("previous ").add(number(value_or_last(store_.previous()->valid_loss(), 0)));
  const float width = canvas.width(Type::small, label) + 16;
  if (head.x0 + canvas.width(Type::strong, "Loss") + 12 + width > head.x1 - 8) return;
  const Rect place = Rect::at(head.x1 - 8 - width, head.y0, width, head.height());
  const Hit hit = canvas.hit("previous-run", place);
  if (selection.previous_run || hit.hovered)
    canvas.fill(place, selection.previous_run ? Tone::surface_deep : Tone::surface, 6);
  canvas.text_in(place, Type::small, selection.previous_run ? Tone::ink : Tone::soft, label,
                 Align::center);
  canvas.explain(place,
                 "Keep the curves of the run before this one, which ended when it was reset or "
                 "taken back, and draw them beside the new ones. The number is its last "
                 "validation loss.");
  if (hit.clicked) selection.previous_run = !selection.previous_run;
}

void CurvesPanel::update(const Snapshot& snapshot, const Selection& selection, float elapsed) {
  store_.hold_previous(selection.previous_run);
  store_.update(snapshot.curves);
  batches_per_epoch_ = snapshot.status.batches_per_epoch;
  read_step_ = read_next_;
  read_next_ = 0;
  // The axis ends at a round number of steps, or at the last planned one, and glides there.
  const CurveStore* const before = beside(selection);
  const size_t longest =
      std::max(store_.loss.pyramid.size(), before != nullptr ? before->loss.pyramid.size() : 0);
  const double steps = std::max<double>(10, static_cast<double>(longest));
  const double planned = static_cast<double>(batches_per_epoch_) * snapshot.status.epoch_limit;
  double wanted = static_cast<double>(nice_ceil(static_cast<float>(steps)));
  if (planned >= steps && planned < wanted) wanted = planned;
  const double way = wanted - x_high_;
  x_high_ += way * (1 - std::exp(-static_cast<double>(elapsed) * 10));
  if (std::abs(wanted - x_high_) < wanted * 0.002 || x_high_ < steps * 0.5) x_high_ = wanted;
}

float CurvesPanel::least_height(float width) {
  const int columns = columns_in(width), rows = (3 + columns - 1) / columns;
  return (kLeastChart + kBetween) * static_cast<float>(rows) - kBetween;
}

ChartAxis CurvesPanel::step_axis() const { return {0, x_high_, false, false, "steps"}; }

Rect CurvesPanel::draw_head(Canvas& canvas, const Rect& rect, std::string_view title, Rect& choice,
                            Rect& legend) const {
  Rect rest = rect;
  Rect head = rest.cut_top(kHead);
  choice = head.cut_right(std::min(132.0f, rect.width() * 0.5f));
  canvas.text_in(head, Type::strong, Tone::ink, title);
  if (rest.height() > 90) {
    legend = rest.cut_top(kLegend);
  } else {  // beside the title
    legend = {head.x0 + canvas.width(Type::strong, title) + 16, head.y0, head.x1 - 8, head.y1};
  }
  return rest;
}

void CurvesPanel::draw_marks(Canvas& canvas, Chart& chart) {
  float last = -1e9f;
  for (const LrMark& mark : store_.marks()) {
    const float x = chart.place(static_cast<double>(mark.step), 1).x;
    if (x < chart.plot().x0 || x > chart.plot().x1) continue;
    if (x - last > 2) canvas.rule_down(x, chart.plot().y0, chart.plot().y1, Tone::rate);
    last = x;
    const Rect near{x - 4, chart.plot().y0, x + 4, chart.plot().y1};
    const LongLabel text = LongLabel("Learning rate ")
                               .add(rate(mark.from))
                               .add(" → ")
                               .add(rate(mark.to))
                               .add(" at step ")
                               .add(count(mark.step));
    canvas.explain(near, text);
  }
}

uint32_t CurvesPanel::read(Canvas& canvas, Chart& chart) {
  const Rect plot = chart.plot();
  const size_t steps = store_.loss.pyramid.size();
  if (canvas.hovering(plot) && steps > 0) {
    const double at = std::round(chart.x_at(canvas.mouse().x));
    read_next_ = static_cast<uint32_t>(std::clamp(at, 1.0, static_cast<double>(steps)));
  }
  if (read_step_ == 0 || read_step_ > steps) return 0;
  const float x = chart.place(static_cast<double>(read_step_), 1).x;
  canvas.rule_down(x, plot.y0, plot.y1, Tone::line_strong);
  return read_step_;
}

void CurvesPanel::draw_loss(const Snapshot& snapshot, Canvas& canvas, const Rect& rect,
                            std::string_view name, Selection& selection) {
  Rect choice, legend;
  const Rect body = draw_head(canvas, rect, "Loss", choice, legend);
  constexpr std::array<std::string_view, 2> kScales = {"linear", "log"};
  if (const auto clicked = head_choice(
          canvas, name, "-scale", choice, choice.width(), kScales, selection.loss_log ? 1 : 0,
          "A logarithmic axis shows small losses as well as large ones.")) {
    selection.loss_log = *clicked == 1;
  }
  // On a low chart the legend comes first.
  if (legend.y0 > choice.y0)
    draw_previous_choice(canvas, {rect.x0, choice.y0, choice.x0, choice.y1}, selection);
  CurveStore* const before = beside(selection);
  const CurvePyramid& train = store_.loss.pyramid;
  float top = std::max(train.greatest(), store_.greatest_valid_loss());
  if (before != nullptr) top = std::max(top, before->loss.pyramid.greatest());
  ChartAxis y{0, round_top(top), false, false, "loss"};
  if (selection.loss_log)
    y = decades(std::min(train.least_positive() > 0 ? train.least_positive() : top,
                         store_.least_valid_loss()),
                top, "loss");
  chart_.begin(canvas, name, body, step_axis(), y);
  draw_marks(canvas, chart_);
  const auto columns = static_cast<size_t>(chart_.plot().width() * canvas.scale());
  if (before != nullptr) {
    const CurvePoints old = before->loss.points(columns);
    chart_.line("previous-train", old.xs, old.ys, Tone::line_strong, 1, 0.75f);
    chart_.line("previous-valid", before->test_steps(), before->valid_loss(), Tone::faint, 1.75f);
  }
  const CurvePoints points = store_.loss.points(columns);
  chart_.line("train", points.xs, points.ys, Tone::faint, 1, 0.75f);
  chart_.line("valid", store_.test_steps(), store_.valid_loss(), Tone::ink, 1.75f);
  chart_.end();
  if (store_.test_steps().size() <= 60)
    chart_.dots(store_.test_steps(), store_.valid_loss(), Tone::ink, 2.5f);
  // Without a reader, the numbers are of the moment that all numbers of the page are of.
  const uint32_t at = read(canvas, chart_);
  const auto step = static_cast<uint32_t>(snapshot.status.step);
  const uint32_t now = std::min(step, static_cast<uint32_t>(train.values().size()));
  const float train_value = value_or_last(train.values(), at > 0 ? at : now);
  const float valid_value =
      value_at(store_.test_steps(), store_.valid_loss(), at > 0 ? at : step);
  const std::array<LegendItem, 2> items = {{{"training", number(train_value), Tone::faint, false},
                                            {"validation", number(valid_value), Tone::ink, true}}};
  if (!legend.empty()) draw_legend(canvas, legend, items);
  canvas.explain(legend,
                 "Training: the loss of each batch, before its step. Validation: the loss on the "
                 "validation set, after every epoch.");
}

void CurvesPanel::draw_accuracy(const Snapshot& snapshot, Canvas& canvas, const Rect& rect,
                                std::string_view name, Selection& selection) {
  Rect choice, legend;
  const Rect body = draw_head(canvas, rect, "Accuracy", choice, legend);
  constexpr std::array<std::string_view, 2> kRanges = {"all", "90–100 %"};
  if (const auto clicked = head_choice(
          canvas, name, "-range", choice, choice.width(), kRanges, selection.accuracy_zoom ? 1 : 0,
          "Models differ in the last few percent: look at those alone.")) {
    selection.accuracy_zoom = *clicked == 1;
  }
  const double low =
      selection.accuracy_zoom
          ? 0.9
          : std::min(0.4, std::floor(static_cast<double>(store_.least_accuracy()) * 10) / 10);
  chart_.begin(canvas, name, body, step_axis(), {low, 1, false, true, "accuracy"});
  draw_marks(canvas, chart_);
  const float baseline = snapshot.status.baseline_accuracy;
  const Rect plot = chart_.plot();
  if (baseline > 0 && chart_.inside_y(static_cast<double>(baseline))) {
    const float y = chart_.place(0, static_cast<double>(baseline)).y;
    canvas.dashed({plot.x0, y}, {plot.x1, y}, Tone::soft, 4, 1);
    canvas.explain({plot.x0, y - 4, plot.x1, y + 4},
                   LongLabel("Nearest mean digit ")
                       .add(percent(baseline))
                       .add(": the accuracy of a rule that learns nothing. It picks the digit whose "
                            "mean image is nearest, pixel by pixel."));
  }
  if (const CurveStore* const before = beside(selection)) {
    chart_.line("previous-valid", before->test_steps(), before->valid_accuracy(), Tone::faint,
                1.75f);
  }
  chart_.line("valid", store_.test_steps(), store_.valid_accuracy(), Tone::ink, 1.75f);
  chart_.end();
  if (baseline > 0 && chart_.inside_y(static_cast<double>(baseline))) {
    draw_label_of(canvas, chart_, chart_.place(0, static_cast<double>(baseline)).y,
                  store_.test_steps(), store_.valid_accuracy(),
                  Label("nearest mean digit ").add(percent(baseline)));
  }
  if (store_.test_steps().size() <= 60)
    chart_.dots(store_.test_steps(), store_.valid_accuracy(), Tone::ink, 2.5f);
  const uint32_t at = read(canvas, chart_);
  const float value = at > 0 ? value_at(store_.test_steps(), store_.valid_accuracy(), at)
                      : snapshot.status.ready ? snapshot.status.valid_accuracy
                                              : std::numeric_limits<float>::quiet_NaN();
  const std::array<LegendItem, 2> items = {
      {{"validation", percent(value, 2), Tone::ink, true},
       {"best",
        snapshot.status.ready ? percent(snapshot.status.best_valid_accuracy, 2) : Label("–"),
        Tone::paper, false}}};
  if (!legend.empty()) draw_legend(canvas, legend, items);
  canvas.explain(
      legend, "The share of the validation images that the model gets right, after every epoch.");
}

void CurvesPanel::draw_third(const Snapshot& snapshot, Canvas& canvas, const Rect& rect,
                             std::string_view name, Selection& selection) {
  struct Kind {
    std::string_view title, legend, brief, help;
    Tone tone;
    float thickness;
  };
  constexpr std::array<Kind, 3> kKinds = {
      {{"Gradient", "gradient norm", "norm",
        "How steep the loss is at each step: the L2 norm over all weights.", Tone::soft, 1},
       {"Learning rate", "rate", "",
        "The learning rate of each step: that of the dial, times the factor of the schedule.",
        Tone::rate, 1.75f},
       {"Momentum", "momentum", "",
        "How much of the previous steps carries over into the next one. Plain SGD and RMSprop have "
        "none.",
        Tone::soft, 1.75f}}};
  constexpr std::array<std::string_view, 3> kChoices = {"grad", "rate", "momentum"};
  const Kind& kind = kKinds[static_cast<size_t>(selection.third_curve)];
  Rect choice, legend;
  const Rect body = draw_head(canvas, rect, kind.title, choice, legend);
  const float choices = std::min(segmented_width(canvas, kChoices), rect.width() * 0.66f);
  if (const auto clicked = head_choice(canvas, name, "-kind", choice, choices, kChoices,
                                       static_cast<int>(selection.third_curve))) {
    selection.third_curve = static_cast<ThirdCurve>(*clicked);
  }
  const bool in_head = legend.y0 == rect.y0;
  if (in_head) legend.x1 = std::min(legend.x1, rect.x1 - choices - 8);
  const bool rates = selection.third_curve == ThirdCurve::lr;
  StepCurve& curve = rates                                           ? store_.lr
                     : selection.third_curve == ThirdCurve::momentum ? store_.momentum
                                                                     : store_.gradient_norm;
  ChartAxis y{0, round_top(curve.pyramid.greatest()), false, false, kind.legend};
  if (rates) y = decades(curve.pyramid.least_positive(), curve.pyramid.greatest(), kind.legend);
  chart_.begin(canvas, name, body, step_axis(), y);
  draw_marks(canvas, chart_);
  const CurvePoints points =
      curve.points(static_cast<size_t>(chart_.plot().width() * canvas.scale()));
  chart_.line("curve", points.xs, points.ys, kind.tone, kind.thickness);
  chart_.end();
  const uint32_t at = read(canvas, chart_);
  const uint32_t now = std::min(static_cast<uint32_t>(snapshot.status.step),
                                static_cast<uint32_t>(curve.pyramid.values().size()));
  const float value = value_or_last(curve.pyramid.values(), at > 0 ? at : now);
  const std::array<LegendItem, 1> items = {
      {{in_head ? kind.brief : kind.legend, rates ? rate(value) : number(value), kind.tone, false}}};
  if (!legend.empty()) draw_legend(canvas, legend, items);
  canvas.explain(legend, kind.help);
}

void CurvesPanel::draw(const Snapshot& snapshot, Canvas& canvas, const Rect& rect,
                       Selection& selection) {
  const int charts = has_points(snapshot.spec.data) ? 2 : 3;  // points have no accuracy
  const int columns = std::min(columns_in(rect.width()), charts);
  const int rows = (charts + columns - 1) / columns;
  const bool scrolls = rect.height() < (kLeastChart + kBetween) * static_cast<float>(rows) - kBetween;
  // Where not all fit, as many whole rows as do; the others are further down.
  const int seen =
      std::clamp(static_cast<int>((rect.height() + kBetween) / (kLeastChart + kBetween)), 1, rows);
  const float between = kBetween * static_cast<float>((scrolls ? seen : rows) - 1);
  const bool low_third = rows == 3 && !scrolls;  // it matters least
  const float unit = std::max(
      kLeastChart, (rect.height() - between) / (low_third ? 2.72f : static_cast<float>(seen)));
  const float whole = unit * static_cast<float>(rows) + kBetween * static_cast<float>(rows - 1);
  const Rect content = scrolls ? canvas.begin_scroll("curves", rect, whole) : rect;
  const float w =
      (content.width() - kAside * static_cast<float>(columns - 1)) / static_cast<float>(columns);
  const auto place = [&](int i) {
    const float x = content.x0 + (w + kAside) * static_cast<float>(i % columns),
                y = content.y0 + (unit + kBetween) * static_cast<float>(i / columns);
    return Rect{x, y, x + w, i == 2 && low_third ? content.y1 : y + unit};
  };
  constexpr std::array<std::string_view, 3> kNames = {"loss-curve", "accuracy-curve",
                                                      "third-curve"};
  for (int i = 0; i < charts; ++i) {
    Rect shown = place(i);
    shown.y1 = std::min(shown.y1, rect.y1);
    const size_t name = charts == 2 && i == 1 ? 2 : static_cast<size_t>(i);
    if (canvas.visible(shown)) canvas.note_picture(kNames[name], shown);
  }
  draw_loss(snapshot, canvas, place(0), "loss-curve", selection);
  if (charts == 3) draw_accuracy(snapshot, canvas, place(1), "accuracy-curve", selection);
  draw_third(snapshot, canvas, place(charts - 1), "third-curve", selection);
  if (scrolls) canvas.end_scroll();
}

}  // namespace downhill::ui
