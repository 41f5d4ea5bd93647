#include "ui/panels/stage.hpp"

#include "ui/panels/step_texts.hpp"

namespace downhill::ui {

float draw_figure(Canvas& canvas, Vec at, float width, std::string_view caption,
                  std::string_view value, std::string_view help, Tone tone) {
  const float w = std::max(
      width, std::max(canvas.width(Type::tiny, caption), canvas.width(Type::strong, value)));
  canvas.text(at.x, at.y + 12, Type::tiny, Tone::faint, caption);
  canvas.text(at.x, at.y + 33, Type::strong, tone, value);
  canvas.explain(Rect::at(at.x, at.y, w, 40), help, caption);
  return w;
}

std::string_view brief_kind(std::string_view kind) {
  return kind.substr(0, kind.find_first_of(" ,"));
}

namespace {
constexpr float kBackGap = 16;
constexpr std::string_view kOverview = "Overview";

float back_width(const Canvas& canvas, std::string_view label) {
  return canvas.width(Type::body, label) + 44 + kBackGap;
}
}  // namespace

bool draw_back(Canvas& canvas, Rect& row, std::string_view name, std::string_view label,
               std::string_view help) {
  const Rect place = row.cut_right(back_width(canvas, label) - kBackGap);
  row.x1 -= kBackGap;
  return button(canvas, name, place, ButtonLook::quiet,
                {.label = label, .icon = "\xEE\x97\x8B", .help = help});
}

namespace {

// The same for a model that learns from points: there is no accuracy, only a distance.
LongLabel points_headline(const Snapshot& snapshot, bool brief) {
  const Status& s = snapshot.status;
  const Label of = s.tested_epoch > 0 ? number(s.valid_loss) : number(s.train_loss);
  if (!s.ready || s.step == 0)
    return brief ? "Fit the points" : "Goal: a curve that runs through the points";
  if (s.health == Health::diverged) return LongLabel("Diverged: loss ").add(number(s.train_loss));
  if (brief) return LongLabel("loss ").add(of).add(s.tested_epoch > 0 ? " on other points" : "");
  if (s.tested_epoch == 0) return LongLabel("In the first epoch, loss ").add(of);
  return LongLabel("After ")
      .add(count(s.tested_epoch))
      .add(s.tested_epoch == 1 ? " epoch" : " epochs")
      .add(", the loss on other points is ")
      .add(of);
}

// Where the run stands, in one sentence.
LongLabel headline(const Snapshot& snapshot, bool brief) {
  const Status& s = snapshot.status;
  if (has_points(snapshot.spec.data)) return points_headline(snapshot, brief);
  if (!s.ready) return LongLabel("Learning to tell ").add(apart_words(snapshot.spec));
  if (s.step == 0 && brief) return LongLabel("Learn to tell ").add(apart_words(snapshot.spec));
  if (s.step == 0)
    return LongLabel("Goal: a model that tells ").add(apart_words(snapshot.spec)).add(" by itself");
  if (s.health == Health::diverged)
    return LongLabel("Diverged: batch accuracy ").add(percent(s.batch_accuracy, 0));
  const bool tested = s.tested_epoch > 0;
  if (brief)
    return LongLabel(percent(tested ? s.valid_accuracy : s.batch_accuracy))
        .add(tested ? " validation accuracy" : " batch accuracy");
  if (!tested)
    return LongLabel(s.epoch == 0 ? "In the first epoch" : "After the first epoch")
        .add(", batch accuracy is ")
        .add(percent(s.batch_accuracy, 0));
  // The accuracy was measured at the end of an epoch, not after the steps since.
  return LongLabel("After ")
      .add(count(s.tested_epoch))
      .add(s.tested_epoch == 1 ? " epoch" : " epochs")
      .add(", validation accuracy is ")
      .add(percent(s.valid_accuracy));
}

// Points are no images.
bool inspects(const Selection& selection, const ExperimentSpec& spec) {
  return selection.inspecting && !has_points(spec.data);
}

// Which view of the phase is chosen; other data may have fewer of them.
size_t chosen_tab(const Selection& selection, std::span<const StageView> views) {
  const size_t tab = selection.stage ? selection.tabs[static_cast<size_t>(*selection.stage)] : 0;
  return std::min(tab, views.size() - 1);
}

const StageView& shown_view(const Selection& selection, const ExperimentSpec& spec) {
  if (inspects(selection, spec)) return kInspectView;
  const std::span<const StageView> views = views_of(selection.stage, spec.data);
  return views[chosen_tab(selection, views)];
}

// Of a phase's view, where there is no room for its sentence.
std::string_view brief_title(const StageContext& c) {
  const StageView& view = shown_view(c.selection, c.snapshot.spec);
  return view.title.empty() ? step_text(*c.selection.stage).name : view.tab;
}

// The choice of views where the phase has several, cut off the top of `rest`.
void draw_tabs(StageContext& c, Rect& rest) {
  const std::span<const StageView> views = views_of(c.selection.stage, c.snapshot.spec.data);
  if (inspects(c.selection, c.snapshot.spec) || !c.selection.stage || views.size() == 1) return;
  std::array<std::string_view, kStageViews.size()> names;
  std::ranges::transform(views, names.begin(), &StageView::tab);
  const std::span<const std::string_view> tabs = std::span(names).first(views.size());
  std::array<std::string_view, kStageViews.size()> helps;
  std::ranges::transform(views, helps.begin(), &StageView::help);
  Rect row = rest.cut_top(30);
  rest.cut_top(14);
  const float w = std::min(segmented_width(c.canvas, tabs), row.width());
  const auto tab = static_cast<int>(chosen_tab(c.selection, views));
  if (const auto clicked = segmented(c.canvas, "view", row.cut_left(w), tabs, tab, {}, helps))
    c.selection.tabs[static_cast<size_t>(*c.selection.stage)] = static_cast<uint8_t>(*clicked);
  c.beside_tabs = {row.x0 + 16, row.y0, row.x1, row.y1};
}

}  // namespace

namespace {
// The next of the seven steps, cut off the right of the title's row where `least` stays for the
// title. Its view opens, so that a reader goes through all of them without leaving the stage.
void draw_next(StageContext& c, Rect& row, float least) {
  const Status& s = c.snapshot.status;
  if (!c.leads || !s.ready) return;
  const Label label = Label(step_text(s.next).name).add(" ›");
  const float w = c.canvas.width(Type::body, label) + 24;
  if (row.width() - w - 12 < least) return;
  const Rect place = row.cut_right(w);
  row.x1 -= 12;
  if (button(c.canvas, "next-phase", place, ButtonLook::primary,
             {.label = label, .help = step_do_it(s.next, c.snapshot.spec)}, !s.running))
    c.requests.step(CommandKind::step, StepUnit::phase);
}

}  // namespace

uint32_t Stage::parts(const Selection& selection, const ExperimentSpec& spec) {
  return shown_view(selection, spec).parts(selection);
}

void Stage::draw_title(StageContext& c, const Rect& rect) {
  Canvas& canvas = c.canvas;
  Rect row = rect;
  const bool inspecting = inspects(c.selection, c.snapshot.spec);
  if (!c.selection.stage && !inspecting) {
    LongLabel words = headline(c.snapshot, true);
    draw_next(c, row, canvas.width(Type::heading, words));
    words = headline(c.snapshot, false);
    if (canvas.width(Type::heading, words) > row.width()) words = headline(c.snapshot, true);
    canvas.text_in(row, Type::heading, Tone::ink, words);
    return;
  }
  if (inspecting) {
    if (draw_back(canvas, row, "inspect-back", "Back", "Back to where you were."))
      c.selection.inspecting = false;
    LongLabel title("One image on its way through the model");
    if (canvas.width(Type::heading, title) > row.width()) title = "One image";
    canvas.text_in(row, Type::heading, Tone::ink, title);
    return;
  }
  const Phase phase = *c.selection.stage;
  const Label digit = Label().format("%d", static_cast<int>(phase) + 1);
  // At the end of the row in every view, so that one place leads through all of them.
  const float least = canvas.width(Type::heading, digit) + 12 +
                      canvas.width(Type::heading, brief_title(c));
  draw_next(c, row, least + back_width(canvas, {}));
  // Its arrow alone, where there is no room for the word.
  const bool named = row.width() >= least + back_width(canvas, kOverview);
  if (draw_back(canvas, row, "overview", named ? kOverview : std::string_view(),
                "Back to batch, weights and gradient at a glance.")) {
    c.selection.stage.reset();
    return;
  }
  row.x0 += canvas.text(row.x0, canvas.baseline(Type::heading, row.center().y), Type::heading,
                        Tone::faint, digit) +
            12;
  const StageView& view = shown_view(c.selection, c.snapshot.spec);
  const bool first = &view == views_of(phase, c.snapshot.spec.data).data();
  LongLabel title(view.title.empty() ? step_title(phase, c.snapshot.spec) : view.title);
  // The picture below always shows the current weights.
  if (phase == Phase::initialize && first && c.snapshot.status.step > 0)
    title = LongLabel("The weights now, after ")
                .add(count(c.snapshot.status.step))
                .add(c.snapshot.status.step == 1 ? " step" : " steps");
  if (canvas.width(Type::heading, title) > row.width()) title = brief_title(c);
  canvas.text_in(row, Type::heading, Tone::ink, title);
}

void Stage::draw_loading(Canvas& canvas, const Rect& rect) const {
  if (failed_) return;
  const Rect line{rect.x0, rect.y0, rect.x1, rect.y0 + 24};
  Label words("The digits are loading.");
  if (total_ > 0) {
    const auto megabytes = [](uint64_t bytes) { return static_cast<double>(bytes) / 1e6; };
    words.format(" %.1f of %.1f MB", megabytes(loaded_), megabytes(total_));
    const auto share =
        static_cast<float>(static_cast<double>(loaded_) / static_cast<double>(total_));
    const Rect track = Rect::at(rect.x0, rect.y0 + 36, std::min(rect.width(), 320.0f), 4);
    progress_bar(canvas, track, share);
  }
  canvas.text_in(line, Type::body, Tone::soft, words);
}

void Stage::draw(StageContext& c, const Rect& rect) {
  Rect rest = rect;
  draw_title(c, rest.cut_top(32));
  rest.cut_top(16);
  if (!c.snapshot.status.ready) return draw_loading(c.canvas, rest);
  if (c.selection.image) c.requests.image = c.selection.image;
  if (c.selection.cell) c.requests.cell = c.selection.cell;
  const StageView& view = shown_view(c.selection, c.snapshot.spec);
  const float least = view.least.at(rest.width());
  const bool scrolls = rest.height() < least;
  if (scrolls) {
    const auto number = static_cast<int>(&view - stage_views(c.snapshot.spec.data).data());
    const BasicLabel<32> name =
        &view == &kInspectView ? "stage" : BasicLabel<32>("stage").format(":%d", number);
    rest = c.canvas.begin_scroll(name, rest, least);
  }
  draw_tabs(c, rest);
  view.draw(c, rest);
  if (scrolls) c.canvas.end_scroll();
}

}  // namespace downhill::ui
