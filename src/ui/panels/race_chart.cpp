#include "ui/panels/race_chart.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "ui/panels/race_words.hpp"

namespace downhill::ui {
namespace {

constexpr float kNames = 64;     // dp to the right of the plot
constexpr float kNameLine = 16;  // from one name to the next, at least
constexpr float kDimmed = 0.22f;

// The name at the end of a lane's line.
Label name_of(const RaceLane& lane) {
  Label name = rate(lane.lr);
  if (lane.state == LaneState::diverged) name.add(" ").add(lane_words(lane));
  if (lane.state == LaneState::stuck) name.add(" stuck");
  return name;
}

LongLabel help_of(const RaceLane& lane) {
  LongLabel help("Rate ");
  help.add(rate(lane.lr)).add(": ");
  if (lane.step == 0) return help.add(lane_words(lane)).add(".");
  help.add("loss ").add(number(lane.loss)).add(" at step ").add(count(lane.step));
  if (std::isfinite(lane.valid_accuracy)) {
    help.add(", validation accuracy ").add(percent(lane.valid_accuracy, 2));
  } else if (std::isfinite(lane.valid_loss)) {  // points have no accuracy
    help.add(", validation loss ").add(number(lane.valid_loss));
  }
  help.add(". ");
  if (!lane.trouble.empty()) return help.add(lane.trouble);
  return help.add("Click to set the dial to it.");
}

}  // namespace

float lane_share(const RaceView& race, size_t lane) {
  if (race.lanes.size() < 2) return 0.5f;
  return static_cast<float>(lane) / static_cast<float>(race.lanes.size() - 1);
}

void RaceChart::draw_lines(const RaceView& race, Canvas& canvas, std::optional<size_t> pointed) {
  const auto columns = static_cast<size_t>(std::max(1.0f, chart_.plot().width() * canvas.scale()));
  const auto alpha = [&](size_t i) { return !pointed || pointed == i ? 1.0f : kDimmed; };
  for (const bool thick : {false, true}) {  // all thick lines lie above all thin ones
    for (size_t i = 0; i < curves_.lanes().size(); ++i) {
      LaneCurve& curve = curves_.lanes()[i];
      // A lane that has left the chart is drawn batch by batch: means would hide how it left.
      const bool away = static_cast<double>(curve.end_loss) > top_;
      const BasicLabel<32> id = BasicLabel<32>(thick ? "mean" : "each").format("%d", int(i));
      const float share = lane_share(race, i);
      if (thick && away) {
        const CurvePoints points = curve.each.points(columns);
        chart_.line(id, points.xs, points.ys, canvas.theme().among_rates(share, alpha(i)), 2.25f);
      } else if (thick) {
        chart_.line(id, curve.mean_steps, curve.means, canvas.theme().among_rates(share, alpha(i)),
                    pointed == i ? 3.0f : 2.25f);
      } else if (curves_.block() > 1 && !away) {
        const CurvePoints points = curve.each.points(columns);
        chart_.line(id, points.xs, points.ys, canvas.theme().among_rates(share, 0.28f * alpha(i)),
                    1);
      }
    }
  }
}

// The point where a lane's line ends or leaves the chart.
Vec RaceChart::end_of(size_t lane) const {
  const LaneCurve& curve = curves_.lanes()[lane];
  const float away = exit_step(curve.each.pyramid.values(), static_cast<float>(top_));
  if (away > 0) return {chart_.place(static_cast<double>(away), 1).x, chart_.plot().y0};
  const Vec end =
      chart_.place(static_cast<double>(curve.end_step), static_cast<double>(curve.end_loss));
  return {end.x, std::clamp(end.y, chart_.plot().y0, chart_.plot().y1)};
}

std::optional<size_t> RaceChart::draw_names(const RaceView& race, Canvas& canvas, const Rect& rect,
                                            std::optional<size_t>& pointed) {
  const Rect plot = chart_.plot();
  std::array<float, kMaxRaceLanes> ys{};
  std::array<Vec, kMaxRaceLanes> ends{};
  std::array<size_t, kMaxRaceLanes> lanes{};
  size_t named = 0;
  for (size_t i = 0; i < curves_.lanes().size(); ++i) {
    if (curves_.lanes()[i].end_step == 0) continue;
    ends[named] = end_of(i);
    ys[named] = ends[named].y;
    lanes[named++] = i;
  }
  const float room = (plot.height() - kNameLine) / static_cast<float>(std::max<size_t>(named, 1));
  spread_apart({ys.data(), named}, plot.y0 + 4, plot.y1 - 8, std::min(kNameLine, room));
  std::optional<size_t> pressed, hovered;
  for (size_t n = 0; n < named; ++n) {
    const size_t i = lanes[n];
    const RaceLane& lane = race.lanes[i];
    const Vec end = ends[n];
    const Label name = name_of(lane);
    const float width = canvas.width(Type::small_strong, name);
    const float x = std::min(end.x + 12, rect.x1 - width);
    const Rect box{x - 3, ys[n] - kNameLine / 2, x + width + 3, ys[n] + kNameLine / 2};
    const uint32_t color = canvas.theme().among_rates(lane_share(race, i));
    canvas.line(end, {x - 4, ys[n]}, Tone::line_strong, 1);
    canvas.fill_color(Rect::around(end, 3.5f), color, 3.5f);
    if (box.x0 < plot.x1) canvas.fill(box, Tone::paper, 3, 0.85f);  // over other lanes' lines
    const Hit hit = canvas.hit("race-name", box, static_cast<int>(i));
    if (hit.hovered) hovered = i;
    if (hit.clicked) pressed = i;
    const bool dimmed = pointed && pointed != i;
    canvas.text(x, canvas.baseline(Type::small_strong, ys[n]), Type::small_strong,
                dimmed ? Tone::faint : Tone::ink, name);
    canvas.explain(box, help_of(lane));
  }
  pointed = hovered;
  return pressed;
}

std::optional<size_t> RaceChart::draw(const RaceView& race, Canvas& canvas, const Rect& rect,
                                      bool logarithmic, std::optional<size_t>& pointed) {
  curves_.update(race);
  Rect place = rect;
  const float axis = canvas.metrics(Type::tiny).line;
  canvas.text_in(place.cut_top(axis), Type::tiny, Tone::faint, "training loss");
  place.cut_right(kNames);
  const float top = curves_.greatest();
  ChartAxis y{0, round_top(top), false, false, "training loss"};
  if (logarithmic) y = decades(curves_.least(), top, "training loss");
  top_ = y.high;
  const double steps = race.steps > 0 ? static_cast<double>(race.steps) : 100.0;
  chart_.begin(canvas, "race", place, {0, steps, false, false, "steps"}, y);
  const Rect plot = chart_.plot();
  const uint32_t epochs = race.spec.epochs;
  for (uint32_t e = 1; e <= epochs && epochs <= 10; ++e) {
    const float x = chart_.place(steps * e / epochs, 1).x;
    canvas.rule_down(x, plot.y0, plot.y1, Tone::line);
  }
  draw_lines(race, canvas, pointed);
  chart_.end();
  LongLabel help("The training loss of each lane, step by step. ");
  if (curves_.block() > 1) {
    help.add("Thin: each batch. Thick: the mean of ").add(count(curves_.block()));
    help.add(" consecutive batches. ");
  }
  canvas.explain(plot, help.add("All lanes see the same batches. Vertical lines: epochs."));
  return draw_names(race, canvas, rect, pointed);
}

}  // namespace downhill::ui
