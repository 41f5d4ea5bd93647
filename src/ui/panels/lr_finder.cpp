// Looking for a learning rate: the finder's sweep with its four suggestions, and the sharpness of
// the valley that the run is in. Draws what the engine has found and asks for more; the run itself
// is not changed.
#include "ui/panels/lr_finder.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "ui/chart.hpp"
#include "ui/lr_scale.hpp"
#include "ui/panels/tools.hpp"
#include "ui/widgets.hpp"

namespace downhill::ui {
namespace {

constexpr float kTitle = 32, kButton = 32;
constexpr std::string_view kExplanation =
    "The rate grows batch by batch until the loss explodes, at most to 8.3, as in fastai. A race "
    "tries larger ones. A good rate lies where the loss falls fast, well before it rises: try the "
    "valley first. The run itself is not changed.";

bool sweeping(const Status& status) { return status.busy_with == "find_lr"; }

// The top of the loss axis; where the loss explodes, the curve may leave the chart.
double top_of(const LrSweep& sweep) {
  float top = 0;
  const size_t seen = sweep.last > 0 ? sweep.last + 1 : sweep.smooth.size();  // 0: still sweeping
  for (size_t i = 0; i < std::min(seen, sweep.smooth.size()); ++i) {
    if (std::isfinite(sweep.smooth[i])) top = std::max(top, sweep.smooth[i]);
  }
  for (size_t i = 0; top == 0 && i < sweep.losses.size(); ++i) {
    if (std::isfinite(sweep.losses[i])) top = std::max(top, sweep.losses[i]);
  }
  return static_cast<double>(top > 0 ? top * 1.15f : 1.0f);
}

class Finder final : public Tool {
 public:
  void draw(ToolContext& c, const Rect& rect, bool whole) override;
  // The sharpness.
  void draw_rest(ToolContext& c, const Rect& rect) override;
  float least_height(const ToolContext&, float) const override { return 640; }

 private:
  void draw_sweep(const Snapshot& snapshot, const LrSweep& sweep, Canvas& canvas, const Rect& rect);
  void draw_suggestions(const LrSweep& sweep, Canvas& canvas, const Rect& rect, float lr,
                        Requests& requests) const;

  Chart chart_;
};

}  // namespace

std::array<LrSuggestion, 4> lr_suggestions(const LrSweep& sweep) {
  return {{{"valley", "the middle of the longest descent, fastai's usual choice", sweep.valley},
           {"slide", "just before the loss turns up, a bold choice", sweep.slide},
           {"minimum / 10", "a tenth of the rate with the lowest loss", sweep.minimum},
           {"steep", "where the loss falls fastest", sweep.steep}}};
}

// 0.6371 -> "0.64"
Label two_digits(float value) {
  return rate(std::strtof(Label().format("%.1e", static_cast<double>(value)).c_str(), nullptr));
}

// The progress or the result of the sweep, in words.
LongLabel sweep_words(const Status& status, const std::optional<LrSweep>& sweep) {
  LongLabel words;
  if (sweeping(status)) {
    words.add("Sweeping");
    if (sweep && !sweep->lrs.empty())
      words.format(": rate %d of 100, ", static_cast<int>(sweep->lrs.size()))
          .add(rate(sweep->lrs.back()));
    return words;
  }
  if (!sweep || sweep->lrs.size() < 2) return words.add("No sweep yet.");
  words.add("From step ").add(count(sweep->step)).add(": ");
  words.add(count(sweep->lrs.size())).add(" rates; the loss ");
  constexpr size_t kTooFew = 16;  // fewer rates give no suggestion
  if (sweep->exploded && sweep->lrs.size() < kTooFew) {
    return words.add("is too noisy here to suggest any. Sweep at the start of a run.");
  }
  words.add(sweep->exploded ? "exploded at " : "did not explode up to ")
      .add(two_digits(sweep->lrs.back()));
  if (!sweep->fell) words.add(", and never fell: nothing to suggest");
  return words.add(".");
}

// λ, whose it is, and what it says about the rate of this optimizer.
LongLabel sharpness_words(const Snapshot& snapshot) {
  LongLabel words;
  const std::optional<Sharpness>& found = snapshot.findings.sharpness;
  const ExperimentSpec& spec = snapshot.spec;
  const OptimizerRow& optimizer = kOptimizers[spec.optimizer];
  if (!found) {
    words.add(
        "λ, the largest eigenvalue of the Hessian, says how fast the slope changes along the "
        "sharpest direction of this batch's loss. ");
    if (optimizer.stable == nullptr)
      return words.add(optimizer.words.label).add(" has no limit that follows from it.");
    return words.add("With a rate above ")
        .add(optimizer.limit)
        .add(", ")
        .add(optimizer.words.label)
        .add(" cannot stay in such a valley.");
  }
  const auto shown = [&](float value) {  // as many digits as are known
    return found->converged ? number(value) : two_digits(value);
  };
  words.add(found->converged ? "λ = " : "λ is about ").add(shown(found->eigenvalue)).add(" for batch ").add(count(found->batch));
  words.add(" with the weights of step ").add(count(found->step));
  const float most = stable_lr(spec.optimizer, snapshot.status.momentum, found->eigenvalue);
  if (!(found->eigenvalue > 0)) {
    words.add(": its loss does not curve upwards there, so there is no largest stable rate.");
  } else if (optimizer.stable == nullptr) {
    words.add(". ")
        .add(optimizer.words.label)
        .add(
            " divides each weight's step by the size of its gradient, so λ sets no limit to its "
            "rate.");
  } else {
    words.add(". With a rate above ").add(optimizer.limit).add(found->converged ? " = " : ", about ");
    words.add(found->converged ? rate(tidy_lr(most)) : two_digits(most));
    words.add(", ")
        .add(optimizer.words.label)
        .add(" on this batch alone cannot stay in this valley. The dial marks that rate.");
  }
  if (!found->converged)
    words.add(" Not converged: off by up to ").add(percent(found->residual)).add(".");
  return words;
}

std::unique_ptr<Tool> make_finder() { return std::make_unique<Finder>(); }

void open_finder(ToolContext& c, bool again) {
  if (!again && c.snapshot.findings.lr_sweep) return;
  if (c.snapshot.status.busy_with.empty()) c.requests.add(CommandKind::find_lr);
}

namespace {

void Finder::draw_sweep(const Snapshot& snapshot, const LrSweep& sweep, Canvas& canvas,
                        const Rect& rect) {
  if (sweep.lrs.size() < 2) return;
  const double low = static_cast<double>(sweep.lrs.front()),
               high = static_cast<double>(std::max(sweep.lrs.back(), sweep.lrs.front() * 10));
  Rect place = rect;
  const Rect names = place.cut_top(34);  // names of the suggestions, in two rows
  chart_.begin(canvas, "lr-sweep", place, {low, high, true, false, "learning rate"},
               {0, top_of(sweep), false, false, "loss"});
  chart_.line("raw", sweep.lrs, sweep.losses, Tone::faint, 1, 0.6f);
  chart_.line("smooth", sweep.lrs, sweep.smooth, Tone::ink, 1.75f);
  chart_.end();
  const Rect plot = chart_.plot();
  canvas.explain(plot,
                 "Thin: the loss of each batch, before its step. Thick: the same, smoothed as in "
                 "fastai, which makes it lag; the suggestions are read from it.");
  const float lr = snapshot.spec.lr;
  const auto place_of = [&](float rate) { return chart_.place(static_cast<double>(rate), 0).x; };
  if (const float x = place_of(lr); x >= plot.x0 && x <= plot.x1) {
    canvas.line({x, plot.y0}, {x, plot.y1}, Tone::rate, 2);
    canvas.explain({x - 4, plot.y0, x + 4, plot.y1}, "The rate on the dial.");
  }
  // Marks from left to right, their names in the upper or lower row so that none overlap.
  std::array<LrSuggestion, 4> marks = lr_suggestions(sweep);
  std::sort(marks.begin(), marks.end(),
            [](const LrSuggestion& a, const LrSuggestion& b) { return a.lr < b.lr; });
  const std::string_view key =
      rect.width() > 620   ? "loss; thin: of each batch, thick: smoothed, green: your rate"
      : rect.width() > 300 ? "loss; thin: of each batch, thick: smoothed"
                           : "loss";
  const float axis = canvas.text(rect.x0, names.y0 + 12, Type::tiny, Tone::faint, key);
  std::array<float, 2> free_from = {rect.x0 + axis + 12, rect.x0};  // the upper row, the lower row
  for (const LrSuggestion& mark : marks) {
    const float x = place_of(mark.lr);
    if (!(mark.lr > 0) || x < plot.x0 || x > plot.x1) continue;
    const float w = canvas.width(Type::tiny, mark.name);
    const float left = std::clamp(x - w / 2, rect.x0, rect.x1 - w);
    const size_t row = left >= free_from[1] ? 1 : 0;
    const bool under_a_name = row == 0 && x < free_from[1];  // the line begins below it
    const float top = names.y0 + (row == 1 || under_a_name ? 32.0f : 16.0f);
    canvas.dashed({x, top}, {x, plot.y1}, Tone::soft, 4, 1);
    canvas.explain({x - 4, names.y0, x + 4, plot.y1},
                   LongLabel(mark.name).add(" ").add(rate(mark.lr)).add(": ").add(mark.meaning));
    if (left < free_from[row]) continue;
    canvas.text(left, names.y0 + (row == 1 ? 28.0f : 12.0f), Type::tiny, Tone::soft, mark.name);
    free_from[row] = left + w + 8;
  }
}

void Finder::draw_suggestions(const LrSweep& sweep, Canvas& canvas, const Rect& rect, float lr,
                              Requests& requests) const {
  const std::array<LrSuggestion, 4> all = lr_suggestions(sweep);
  const int columns = rect.width() < 480 ? 2 : 4;
  const float w =
      (rect.width() - 8 * static_cast<float>(columns - 1)) / static_cast<float>(columns);
  for (int i = 0; i < 4; ++i) {
    const LrSuggestion& one = all[static_cast<size_t>(i)];
    const Rect box = Rect::at(rect.x0 + (w + 8) * static_cast<float>(i % columns),
                              rect.y0 + 60 * static_cast<float>(i / columns), w, 52);
    const bool there = one.lr > 0, possible = one.lr >= kMinLr && one.lr <= kMaxLr;
    Hit hit;
    const BasicLabel<32> name = BasicLabel<32>("suggestion").format(":%d", i);
    if (possible) {
      hit = canvas.hit(name, box);
    } else {
      canvas.note_widget(name, box);
    }
    if (hit.hovered || hit.held) canvas.fill(box, hit.held ? Tone::surface_deep : Tone::surface, 6);
    const bool chosen = possible && tidy_lr(one.lr) == lr;
    canvas.outline(box, chosen ? Tone::rate : Tone::line, 6, chosen ? 2.0f : 1.0f);
    canvas.text_in({box.x0 + 10, box.y0 + 6, box.x1 - 6, box.y0 + 24}, Type::small, Tone::soft,
                   one.name);
    canvas.text_in({box.x0 + 10, box.y0 + 25, box.x1 - 6, box.y0 + 46}, Type::strong,
                   possible ? Tone::ink : Tone::faint, there ? rate(one.lr) : Label("none"));
    LongLabel help(sweep.fell ? "This sweep has no such point between its first and last rate."
                              : "The loss did not fall by more than batches differ.");
    if (there)
      help = LongLabel(possible ? "Sets the learning rate to " : "Outside the dial's range: ")
                 .add(one.name)
                 .add(", ")
                 .add(one.meaning)
                 .add(".");
    canvas.explain(box, help);
    if (hit.clicked) requests.set("lr", rate(tidy_lr(one.lr)));
  }
}

void Finder::draw_rest(ToolContext& c, const Rect& rect) {
  const Snapshot& snapshot = c.snapshot;
  const Status& status = snapshot.status;
  Canvas& canvas = c.canvas;
  canvas.rule(rect.x0, rect.x1, rect.y0, Tone::line);
  Rect rest = rect;
  rest.cut_top(14);
  Rect row = rest.cut_top(kButton);
  const float w = canvas.width(Type::body, "Measure it") + 28;
  const bool possible =
      status.busy_with.empty() && (status.step > 0 || status.phase > Phase::initialize);
  if (button(canvas, "measure-sharpness", row.cut_right(w), ButtonLook::outlined,
             {.label = "Measure it",
              .help = possible ? "A few passes over the current batch; the run is not changed."
                               : "Needs a batch and an idle engine."},
             possible))
    c.requests.add(CommandKind::sharpness);
  canvas.text_in(row, Type::strong, Tone::ink, "How sharp is the valley?");
  rest.cut_top(8);
  LongLabel words;
  if (status.busy_with == "sharpness") {
    words.add("Measuring.");
  } else {
    words = sharpness_words(snapshot);
  }
  if (!possible && status.busy_with.empty()) words.add(" Predict a batch first.");
  canvas.paragraph(rest, Type::small, Tone::soft, words);
}

void Finder::draw(ToolContext& c, const Rect& rect, bool whole) {
  const Snapshot& snapshot = c.snapshot;
  const Status& status = snapshot.status;
  Canvas& canvas = c.canvas;
  Rect rest = rect;
  Rect title = rest.cut_top(kTitle);
  draw_tool_done(c, title, "finder-done", "Back to the stage. Key: Escape.");
  const std::string_view again = title.width() < 260 ? "Again" : "Sweep again";
  if (button(
          canvas, "sweep-again", title.cut_right(canvas.width(Type::body, again) + 28).inset(0, 1),
          ButtonLook::outlined, {.label = again, .help = "Sweep again from the current weights."},
          status.ready && status.busy_with.empty()))
    c.requests.add(CommandKind::find_lr);
  title.x1 -= 8;
  draw_tool_title(c, title, "Find a learning rate");
  draw_tool_words(canvas, rest, kExplanation);
  const std::optional<LrSweep>& sweep = snapshot.findings.lr_sweep;
  const LongLabel words = sweep_words(status, sweep);
  const float height = canvas.paragraph_height(rect.width(), Type::small, words, 2);
  canvas.paragraph(rest.cut_top(std::max(20.0f, height)), Type::small, Tone::soft, words, 2);
  if (whole) {
    draw_rest(c, rest.cut_bottom(150));
    rest.cut_bottom(16);
  }
  const Rect suggestions = rest.cut_bottom(rest.width() < 480 ? 112.0f : 52.0f);
  rest.cut_bottom(12);
  if (sweep) {
    draw_sweep(snapshot, *sweep, canvas, rest);
    if (!sweeping(status))
      draw_suggestions(*sweep, canvas, suggestions, snapshot.spec.lr, c.requests);
  }
}

}  // namespace
}  // namespace downhill::ui
