#include "ui/panels/stage.hpp"

#include "ui/panels/step_texts.hpp"

namespace downhill::ui {

float draw_figure(Canvas& canvas, Vec at, float width, std::string_view caption,
                  std::string_view value, std::string_view help, Tone tone) {
  const float w = std::max(
      width, std::max(canvas.width(Type::tiny, caption), canvas.width(Type::strong, value)));
  canvas.text(at.x, at.y + 12, Type::tiny, Tone::faint, caption);
  canvas.text(at.x, at.y + 33, Type::strong, tone, value);
  canvas.explain(Rect::at(at.x, at.y, w, 40), help);
  return w;
}

namespace {

// Where the run stands, in one true sentence.
LongLabel headline(const Status& s, bool brief) {
  if (!s.ready) return "Learning to tell 3 from 7";
  if (s.step == 0) return "Untrained, it can only guess";
  if (s.health == Health::diverged)
    return LongLabel("Diverged: ").add(percent(s.batch_accuracy, 0)).add(" of this batch is right");
  if (brief)
    return LongLabel(percent(s.epoch == 0 ? s.batch_accuracy : s.valid_accuracy))
        .add(s.epoch == 0 ? " of the batch right" : " of new digits right");
  if (s.epoch == 0)
    return LongLabel("In the first epoch, ")
        .add(percent(s.batch_accuracy, 0))
        .add(" of this batch is right");
  // The accuracy is of the end of the last epoch, not of the steps since.
  return LongLabel("After ")
      .add(count(s.epoch))
      .add(s.epoch == 1 ? " epoch, " : " epochs, ")
      .add(percent(s.valid_accuracy))
      .add(" of new digits are right");
}

}  // namespace

uint32_t Stage::parts(const Selection& selection) {
  if (!selection.stage) return kPartBatch | kPartWeights | kPartGradients;
  switch (*selection.stage) {
    case Phase::initialize:
      return kPartWeights;
    case Phase::predict:
      return kPartBatch;
    case Phase::loss:
      return kPartBatch;
    case Phase::gradient:
      return kPartWeights | kPartGradients | kPartProbe;
    case Phase::step:
      return kPartWeights | kPartGradients;
    case Phase::repeat:
      return 0;
    case Phase::stop:
      return kPartBaseline;
  }
  return 0;
}

void Stage::draw_title(StageContext& c, const Rect& rect) {
  Canvas& canvas = c.canvas;
  Rect row = rect;
  if (!c.selection.stage) {
    LongLabel words = headline(c.snapshot.status, false);
    if (canvas.width(Type::heading, words) > row.width()) words = headline(c.snapshot.status, true);
    canvas.text_in(row, Type::heading, Tone::ink, words);
    return;
  }
  const Phase phase = *c.selection.stage;
  const std::string_view back = "Overview";
  const float w = canvas.width(Type::body, back) + 44;
  if (button(canvas, "overview", row.cut_right(w), ButtonLook::quiet,
             {.label = back,
              .icon = "\xEE\x97\x8B",
              .help = "Back to batch, weights and gradient at a glance."})) {
    c.selection.stage.reset();
    return;
  }
  row.x1 -= 16;
  const Label digit = Label().format("%d", static_cast<int>(phase) + 1);
  const float x = canvas.text(row.x0, canvas.baseline(Type::heading, row.center().y), Type::heading,
                              Tone::faint, digit);
  LongLabel title(step_text(phase).title);
  // The picture below is always of this moment.
  if (phase == Phase::initialize && c.snapshot.status.step > 0)
    title = LongLabel("The weights now, after ")
                .add(count(c.snapshot.status.step))
                .add(c.snapshot.status.step == 1 ? " step" : " steps");
  canvas.text_in({row.x0 + x + 12, row.y0, row.x1, row.y1}, Type::heading, Tone::ink, title);
}

void Stage::draw_loading(Canvas& canvas, const Rect& rect) const {
  if (failed_) return;
  const Rect line{rect.x0, rect.y0, rect.x1, rect.y0 + 24};
  Label words("The digits are on their way.");
  if (total_ > 0) {
    const auto megabytes = [](uint64_t bytes) { return static_cast<double>(bytes) / 1e6; };
    words.format(" %.1f of %.1f MB", megabytes(loaded_), megabytes(total_));
    const float share = std::min(
        1.0f, static_cast<float>(static_cast<double>(loaded_) / static_cast<double>(total_)));
    const Rect track = Rect::at(rect.x0, rect.y0 + 36, std::min(rect.width(), 320.0f), 4);
    canvas.fill(track, Tone::surface_deep, 2);
    canvas.fill({track.x0, track.y0, track.x0 + track.width() * share, track.y1}, Tone::ink, 2);
  }
  canvas.text_in(line, Type::body, Tone::soft, words);
}

void Stage::draw(StageContext& c, const Rect& rect) {
  Rect rest = rect;
  draw_title(c, rest.cut_top(32));
  rest.cut_top(16);
  if (!c.snapshot.status.ready) return draw_loading(c.canvas, rest);
  if (!c.selection.stage) return draw_overview(c, rest);
  switch (*c.selection.stage) {
    case Phase::initialize:
      return draw_initialize_view(c, rest);
    case Phase::predict:
      return draw_predict_view(c, rest);
    case Phase::loss:
      return draw_loss_view(c, rest, chart_);
    case Phase::gradient:
      return draw_gradient_view(c, rest);
    case Phase::step:
      return draw_step_view(c, rest);
    case Phase::repeat:
      return draw_repeat_view(c, rest);
    case Phase::stop:
      return stop_.draw(c, rest);
  }
}

}  // namespace downhill::ui
