#include "ui/panels/transport.hpp"

#include <array>
#include <cmath>

#include "ui/panels/step_texts.hpp"
#include "ui/widgets.hpp"

namespace downhill::ui {
namespace {

constexpr float kSlowest = 0.25f, kFastest = 1000;
constexpr float kUnlimitedFrom = 0.97f;  // the end of the slider: no limit
constexpr std::string_view kLearn = "Learn";

// "Training", "Paused": what the engine is doing, in a word.
std::string_view state_word(const Status& s) {
  if (!s.ready) return "Getting ready";
  if (s.running) return "Training";
  if (s.finished) return s.health == Health::diverged ? "Diverged" : "Finished";
  if (s.step == 0 && s.phase == Phase::initialize) return "Ready";
  return "Paused";
}

Label state_details(const Status& s, const ExperimentSpec& spec) {
  Label text;
  if (!s.ready) return text.add("loading the digits");
  if (s.step == 0 && !s.running) return text.add("press play, or run one batch");
  // At the end of an epoch the next one has not begun.
  if (!s.running && !s.finished && s.epoch > 0 && s.batch == s.batches_per_epoch)
    return text.format("epoch %u of %u done · step ", s.epoch, s.epoch_limit).add(count(s.step));
  text.format("epoch %u of %u", std::min(s.epoch + (s.finished ? 0u : 1u), s.epoch_limit),
              s.epoch_limit);
  if (s.images_per_second > 0 && s.running) {
    text.add(" · ")
        .add(count(static_cast<uint64_t>(s.images_per_second)))
        .add(has_points(spec.data) ? " points/s" : " images/s");
  } else {
    text.add(" · step ").add(count(s.step));
  }
  return text;
}

Label speed_words(float speed) {
  if (speed <= 0) return "full speed";
  if (speed < 0.95f)
    return Label().format("a batch every %.*f s", speed > 0.4f ? 1 : 0,
                          1.0 / static_cast<double>(speed));
  return Label().format(speed < 1.5f ? "%.0f batch/s" : "%.0f batches/s", static_cast<double>(speed));
}

struct MoveButton {
  std::string_view name, label, help;
  CommandKind kind;
  StepUnit unit;
};
constexpr std::array<MoveButton, 3> kForward = {{
    {"step-phase", "Phase",
     "Run the next of the seven phases, then pause. Key: n. Keys 1 to 7 run one phase.",
     CommandKind::step, StepUnit::phase},
    {"step-batch", "Batch", "Train one batch: predict, loss, gradient, step. Key: .",
     CommandKind::step, StepUnit::batch},
    {"step-epoch", "Epoch", "Train until all training data have been seen once more.",
     CommandKind::step, StepUnit::epoch},
}};
constexpr std::array<MoveButton, 2> kBack = {{
    {"back-batch", "Batch", "Undo one batch: the weights return to their values before it.",
     CommandKind::back, StepUnit::batch},
    {"back-epoch", "Epoch", "Go back one epoch.", CommandKind::back, StepUnit::epoch},
}};

// All captions are as wide as the widest.
float caption_width(const Canvas& canvas) { return canvas.width(Type::small, "Forward") + 12; }

// A caption and buttons of equal width that share one outline.
void draw_row(Canvas& canvas, const Rect& rect, std::string_view caption,
              std::span<const MoveButton> moves, bool enabled, Requests& requests) {
  Rect row = rect;
  canvas.text_in(row.cut_left(caption_width(canvas)), Type::small, Tone::faint, caption);
  const float w = row.width() / static_cast<float>(moves.size());
  canvas.outline(row, Tone::line, 6);
  for (size_t i = 0; i < moves.size(); ++i) {
    const Rect part = row.cut_left(w);
    if (button(canvas, moves[i].name, part, ButtonLook::quiet,
               {.label = moves[i].label, .help = moves[i].help}, enabled)) {
      requests.step(moves[i].kind, moves[i].unit);
    }
    if (i > 0) canvas.rule_down(part.x0, part.y0 + 8, part.y1 - 8, Tone::line);
  }
}

}  // namespace

float speed_to_position(float speed) {
  if (speed <= 0) return 1;
  const float t = std::log(speed / kSlowest) / std::log(kFastest / kSlowest);
  return std::clamp(t, 0.0f, 1.0f) * kUnlimitedFrom;
}

float position_to_speed(float position) {
  if (position > kUnlimitedFrom) return 0;
  const float t = std::max(position, 0.0f) / kUnlimitedFrom;
  const float speed = kSlowest * std::pow(kFastest / kSlowest, t);
  return speed >= 9.5f ? std::round(speed) : std::round(speed * 20) / 20;
}

void Transport::watch(const Snapshot& snapshot, double time) {
  if (!snapshot.status.ready) return;
  if (known_ && !(spec_ == snapshot.spec) && needs_rebuild(spec_, snapshot.spec))
    new_run_at_ = time;
  // Play after the end continues for as many epochs again.
  const bool same = known_ && spec_ == snapshot.spec;
  if (same && snapshot.status.epoch_limit > epoch_limit_ && epoch_limit_ > 0) more_at_ = time;
  epoch_limit_ = snapshot.status.epoch_limit;
  spec_ = snapshot.spec;
  known_ = true;
}

void Transport::draw_play(const Snapshot& snapshot, Canvas& canvas, const Rect& rect,
                          Requests& requests) {
  const Status& s = snapshot.status;
  const bool running = s.running;
  const Hit hit = canvas.hit("play", rect);
  const Label play_on = Label(play_on_words(snapshot)).add(" Key: space");
  canvas.explain(rect, running      ? "Pause. Key: space"
                       : s.finished ? play_on.view()
                                    : "Train to the end, until a stop rule ends the run. Key: space");
  const Vec c = rect.center();
  const float r = rect.width() / 2;
  if (hit.hovered) canvas.dot(c, r + 3, Tone::ink, 0.08f);
  canvas.dot(c, r, Tone::ink, s.ready ? (hit.held ? 0.8f : 1.0f) : 0.35f);
  const float u = r * 0.34f;
  if (running) {
    canvas.fill({c.x - u, c.y - u * 1.1f, c.x - u * 0.3f, c.y + u * 1.1f}, Tone::paper, 1);
    canvas.fill({c.x + u * 0.3f, c.y - u * 1.1f, c.x + u, c.y + u * 1.1f}, Tone::paper, 1);
  } else {
    canvas.triangle({c.x - u * 0.75f, c.y - u * 1.2f}, {c.x + u * 1.25f, c.y},
                    {c.x - u * 0.75f, c.y + u * 1.2f}, Tone::paper);
  }
  if (hit.clicked) press_play(snapshot, requests);
}

void Transport::press_play(const Snapshot& snapshot, Requests& requests) {
  if (snapshot.status.running) {
    requests.add(CommandKind::pause);
    return;
  }
  const float speed = coming_speed(snapshot.status);
  if (speed != snapshot.status.speed) requests.speed(speed);
  speed_is_chosen_ = true;
  requests.add(CommandKind::play);
}

// Of the run, or of the first one of a visitor who has chosen none.
float Transport::coming_speed(const Status& status) const {
  const bool first = !speed_is_chosen_ && !status.running && status.speed <= 0 && first_speed_ > 0;
  return first ? first_speed_ : status.speed;
}

void Transport::choose_speed(float speed, Requests& requests) {
  speed_is_chosen_ = true;
  requests.speed(speed);
  requests.first_speed = speed;
}

float Transport::course_width(const Canvas& canvas) {
  return canvas.width(Type::body, kLearn) + 24;
}

void Transport::draw_course(Canvas& canvas, const Rect& rect, Requests& requests) {
  if (button(canvas, "learn", rect, ButtonLook::outlined,
             {.label = kLearn,
              .help = "A course for you: short chapters, from the first weights to a trained net. "
                      "Key: l"}))
    requests.open_course = true;
}

void Transport::draw_status(const Snapshot& snapshot, Canvas& canvas, const Rect& place, bool dock,
                            Requests& requests) {
  const Status& s = snapshot.status;
  Rect rect = place;
  const float middle = rect.center().y;
  if (s.running && s.speed > 0) {  // one press away from full speed
    const bool wide = rect.width() > 190;
    const std::string_view label = wide ? "Full speed" : "Faster";
    const float w = canvas.width(Type::body, label) + (wide ? 24.0f : 16.0f);
    const float h = canvas.touch() ? 44.0f : 32.0f;
    if (button(
            canvas, "full-speed", Rect::at(rect.x1 - w, middle - h / 2, w, h), ButtonLook::outlined,
            {.label = label, .help = "Train as fast as this machine can. Speed sets any other."}))
      choose_speed(0, requests);
    rect.x1 -= w + 8;
  }
  float word_end = rect.x1;
  if (course_ && !dock && !(s.running && s.speed > 0)) {  // on a narrow page it is beside the tabs
    const float w = course_width(canvas);
    draw_course(canvas, Rect::at(rect.x1 - w, middle - 28, w, 28), requests);
    word_end -= w + 8;
  }
  canvas.note_widget("status", {rect.x0, middle - 24, rect.x1, middle + 22});
  canvas.text_in({rect.x0, middle - 24, word_end, middle + 2}, Type::heading, Tone::ink,
                 state_word(s));
  const Rect line{rect.x0, middle + 4, rect.x1, middle + 22};
  // At rest the page is not redrawn when the seconds are over, so at rest these words appear only
  // while they are true.
  const auto lately = [&](double at) { return canvas.time() - at < 4; };
  if (s.finished && !s.running && !s.stop_reason.empty()) {
    const std::string_view why = s.stop_reason;
    const Label where = Label().format("epoch %u of %u", s.epoch, s.epoch_limit);
    const Label brief = Label("epoch ").add(count(s.epoch));
    canvas.text_in(line, Type::small, Tone::soft, {why, where, brief});
  } else if (lately(new_run_at_) && (s.running || s.step == 0)) {
    canvas.text_in(line, Type::small, Tone::soft, {"a new run from initial weights", "a new run"});
  } else if (lately(more_at_) && s.running) {
    canvas.text_in(line, Type::small, Tone::soft,
                   {Label().format("continuing, now to epoch %u", s.epoch_limit),
                    Label().format("now to epoch %u", s.epoch_limit)});
  } else {
    const Label details = state_details(s, snapshot.spec);
    // Only the epoch where the rest does not fit.
    const std::string_view all = details.view();
    canvas.text_in(line, Type::small, Tone::soft,
                   {all, all.substr(0, std::min(all.find(" ·"), all.find(", ")))});
  }
}

void Transport::draw_speed(const Snapshot& snapshot, Canvas& canvas, const Rect& rect,
                           Requests& requests) {
  Rect row = rect;
  canvas.text_in(row.cut_left(caption_width(canvas)), Type::small, Tone::faint, "Speed");
  const float words =
      std::min(canvas.width(Type::small, "a batch every 0.0 s"), row.width() * 0.55f);
  const float speed = coming_speed(snapshot.status);
  canvas.text_in(row.cut_right(words), Type::small, Tone::soft, speed_words(speed), Align::right);
  row.x1 -= 4;
  const auto moved = slider(canvas, "speed", row.inset(-4, 0), speed_to_position(speed), Tone::ink,
                            "How fast training may go: from slow motion, where every phase can be "
                            "watched, to as fast as the machine can.");
  if (moved) {
    const float wanted = position_to_speed(*moved);
    if (wanted != speed) choose_speed(wanted, requests);
  }
}

void Transport::draw(const Snapshot& snapshot, Canvas& canvas, const Rect& rect,
                     Requests& requests) {
  const Status& s = snapshot.status;
  Rect rest = rect;
  const Rect top = rest.cut_top(64);
  constexpr float kPlay = 56;
  draw_play(snapshot, canvas, Rect::at(top.x0, top.center().y - kPlay / 2, kPlay, kPlay), requests);
  draw_status(snapshot, canvas, {top.x0 + kPlay + 16, top.y0, top.x1, top.y1}, false, requests);
  rest.cut_top(12);
  draw_row(canvas, rest.cut_top(32), "Forward", kForward, s.ready, requests);
  rest.cut_top(8);
  Rect row = rest.cut_top(32);
  const Rect reset = row.cut_right((row.width() - caption_width(canvas)) / 3);
  draw_row(canvas, row, "Back", kBack, s.ready && s.step > 0, requests);
  if (button(
          canvas, "reset", {reset.x0 + 8, reset.y0, reset.x1, reset.y1}, ButtonLook::outlined,
          {.label = "Reset",
           .help =
               "Start over from the same seed: the same initial weights, the same batches. Key: r"},
          s.ready)) {
    requests.add(CommandKind::reset);
  }
  rest.cut_top(8);
  draw_speed(snapshot, canvas, rest.cut_top(32), requests);
}

void Transport::draw_moves(const Snapshot& snapshot, Canvas& canvas, const Rect& rect,
                           Requests& requests) {
  const Status& s = snapshot.status;
  constexpr std::array kSteps = {kForward[0], kForward[2]};
  Rect rest = rect;
  Rect row = rest.cut_top(40);
  draw_row(canvas, row.cut_left(row.width() * 0.6f), "Forward", kSteps, s.ready, requests);
  row.cut_left(12);
  draw_row(canvas, row, "Back", std::span(kBack).last(1), s.ready && s.step > 0, requests);
  rest.cut_top(4);
  draw_speed(snapshot, canvas, rest.cut_top(40), requests);
}

void Transport::draw_dock(const Snapshot& snapshot, Canvas& canvas, const Rect& rect,
                          Requests& requests) {
  const Status& s = snapshot.status;
  Rect row = rect;
  draw_play(snapshot, canvas, Rect::at(row.x0, row.center().y - 24, 48, 48), requests);
  row.x0 += 60;
  constexpr float kSide = 44;
  const Rect keys = row.cut_right(3 * kSide + 8);
  draw_status(snapshot, canvas, row, true, requests);
  struct Key {
    std::string_view name, icon, help;
    CommandKind kind;
    bool enabled;
  };
  const std::array<Key, 3> small = {
      {{"back-batch", "↶", "Undo one batch.", CommandKind::back, s.ready && s.step > 0},
       {"step-batch", "⏭", "Train one batch.", CommandKind::step, s.ready},
       {"reset", "↺", "Start over from the same seed.", CommandKind::reset, s.ready}}};
  float x = keys.x0 + 8;
  for (const Key& key : small) {
    if (button(canvas, key.name, Rect::at(x, keys.center().y - kSide / 2, kSide, kSide),
               ButtonLook::quiet, {.icon = key.icon, .help = key.help}, key.enabled)) {
      requests.step(key.kind, StepUnit::batch);
    }
    x += kSide;
  }
}

}  // namespace downhill::ui
