// The first view of phase 7, Stop: the rules that end training, every validation so far, and the
// mean digits that learning must beat.
#include <algorithm>
#include <array>
#include <string>

#include "base/typed_number.hpp"
#include "ui/lr_words.hpp"
#include "ui/panels/stage.hpp"
#include "ui/panels/step_texts.hpp"

namespace downhill::ui {
namespace {

constexpr float kRow = 26;
constexpr float kMostSeconds = 86400;  // of a rule, as the engine has it

// The three rules in the syntax of the spec's field.
std::string stop_text(const StopSpec& stop) {
  std::string text;
  const auto add = [&](std::string_view rule, std::string_view value) {
    if (!text.empty()) text += ',';
    text.append(rule).append(":").append(value);
  };
  if (stop.target_accuracy > 0) add("target", rate(stop.target_accuracy));
  if (stop.patience > 0) add("patience", Label().format("%u", stop.patience));
  if (stop.seconds > 0) add("time", rate(stop.seconds));
  return text.empty() ? "none" : text;
}

// The number that was typed for a rule; nothing and "off" turn it off. Another text is refused.
template <class Number>
void take_typed(StageContext& c, std::string_view text, Number most, Number& number) {
  text = trimmed(text);
  if (text.empty() || text == "off") text = "0";
  const auto read = [&] {
    if constexpr (std::is_same_v<Number, float>)
      return typed_number(text, 0, most);
    else
      return typed_count(text, 0, most);
  }();
  if (read) {
    number = static_cast<Number>(*read);
  } else {
    c.requests.refusal = "The rule stays as it is: " + read.error().message + ".";
  }
}

void draw_rules(StageContext& c, const Rect& rect) {
  Canvas& canvas = c.canvas;
  const StopSpec& stop = c.snapshot.spec.stop;
  const float w = std::min((rect.width() - 32) / 3, 150.0f);
  const int first = has_points(c.snapshot.spec.data) ? 1 : 0;  // points have no accuracy
  const auto place = [&](int i) {
    return Rect::at(rect.x0 + (w + 16) * static_cast<float>(i - first), rect.y0, w, rect.height());
  };
  constexpr std::string_view kCaptions[3][2] = {{"stop at accuracy, %", "accuracy, %"},
                                                {"stop after epochs without a lower loss", "epochs, loss stuck"},
                                                {"stop after seconds", "seconds"}};
  for (int i = first; i < 3; ++i) {
    const Rect p = place(i);
    canvas.text_in({p.x0, p.y0, p.x1, p.y0 + 14}, Type::tiny, Tone::faint,
                   {kCaptions[i][0], kCaptions[i][1]});
  }
  const auto box = [&](int i) {
    return Rect{place(i).x0, rect.y0 + 18, place(i).x1, rect.y0 + 50};
  };
  StopSpec wanted = stop;
  const Label target = stop.target_accuracy > 0 ? rate(stop.target_accuracy * 100) : Label("off");
  const Label patience = stop.patience > 0 ? Label().format("%u", stop.patience) : Label("off");
  const Label seconds = stop.seconds > 0 ? rate(stop.seconds) : Label("off");
  if (first == 0) {
    if (const auto typed = c.state.stop_target.draw(
            canvas, "stop-target", box(0), target, Type::body,
            "Stop when the validation accuracy reaches this, say 98. 0 turns the rule off.")) {
      float percents = stop.target_accuracy * 100;
      take_typed(c, *typed, 100.0f, percents);
      wanted.target_accuracy = percents / 100;
    }
  }
  if (const auto typed =
          c.state.stop_patience.draw(canvas, "stop-patience", box(1), patience, Type::body,
                                     "Stop when the validation loss has not improved for this "
                                     "many epochs. 0 turns the rule off.")) {
    take_typed(c, *typed, kMaxEpochs, wanted.patience);
  }
  if (const auto typed =
          c.state.stop_seconds.draw(canvas, "stop-seconds", box(2), seconds, Type::body,
                                    "Stop after this much training time. 0 turns the rule off.")) {
    take_typed(c, *typed, kMostSeconds, wanted.seconds);
  }
  if (!(wanted == stop)) c.requests.set("stop", stop_text(wanted));
}

void draw_table(StageContext& c, const Rect& rect) {
  Canvas& canvas = c.canvas;
  const std::vector<EpochPoint>& epochs = c.snapshot.curves.epochs;
  Rect rest = rect;
  const Rect head = rest.cut_top(24);
  constexpr std::array<std::string_view, 4> kNames = {"epoch", "mean training loss",
                                                      "validation loss", "validation accuracy"};
  constexpr std::array<std::string_view, 4> kShort = {"epoch", "train. loss", "valid. loss",
                                                      "accuracy"};
  const float last = rect.x1 - 12;
  const size_t columns = has_points(c.snapshot.spec.data) ? 3 : 4;  // points have no accuracy
  const float first = rect.x0 + 36, step = (last - first) / static_cast<float>(columns - 1);
  for (size_t i = 0; i < columns; ++i) {
    const std::string_view name =
        canvas.width(Type::tiny, kNames[i]) < step - 8 ? kNames[i] : kShort[i];
    canvas.text_right(first + step * static_cast<float>(i), head.y0 + 14, Type::tiny, Tone::faint,
                      name);
  }
  canvas.rule(rect.x0, rect.x1, head.y1 - 2, Tone::line_strong);
  const auto rows = static_cast<float>(epochs.size());
  const Rect content = canvas.begin_scroll("epochs-table", rest, rows * kRow);
  // Newest first; only visible rows are drawn.
  const int from = std::max(0, static_cast<int>((rest.y0 - content.y0) / kRow));
  const int to = std::min(static_cast<int>(epochs.size()),
                          static_cast<int>((rest.y1 - content.y0) / kRow) + 1);
  for (int i = from; i < to; ++i) {
    const EpochPoint& e = epochs[epochs.size() - 1 - static_cast<size_t>(i)];
    const float y = content.y0 + kRow * static_cast<float>(i);
    const float baseline = canvas.baseline(Type::body, y + kRow / 2);
    const bool best = e.valid_accuracy == c.snapshot.status.best_valid_accuracy;
    canvas.text_right(first, baseline, Type::body, Tone::soft, count(e.epoch));
    canvas.text_right(first + step, baseline, Type::body, Tone::ink, number(e.train_loss));
    canvas.text_right(first + 2 * step, baseline, Type::body, Tone::ink, number(e.valid_loss));
    if (columns == 4)
      canvas.text_right(last, baseline, best ? Type::strong : Type::body, Tone::ink,
                        percent(e.valid_accuracy, 2));
    canvas.rule(rect.x0, rect.x1, y + kRow, Tone::line);
  }
  canvas.end_scroll();
}

// Of a run whose rate was too small to get anywhere; empty for any other.
LongLabel little_learned(const Snapshot& snapshot) {
  const std::vector<EpochPoint>& epochs = snapshot.curves.epochs;
  if (snapshot.status.health != Health::fine || epochs.size() < 2 || !snapshot.valley) return {};
  if (judge_rate(*snapshot.valley, judged_rate(snapshot, snapshot.spec.lr)) !=
      RateVerdict::too_small)
    return {};
  const float first = epochs.front().valid_loss, last = epochs.back().valid_loss;
  if (!(last > static_cast<float>(kLost) * first)) return {};
  return LongLabel("The validation loss has hardly fallen, from ")
      .add(number(first))
      .add(" to ")
      .add(number(last))
      .add(": a larger learning rate may get further.");
}

}  // namespace

void draw_epochs_view(StageContext& c, const Rect& rect) {
  Canvas& canvas = c.canvas;
  const Status& s = c.snapshot.status;
  Rect rest = rect;
  LongLabel words;
  const LongLabel little = little_learned(c.snapshot);
  if (s.finished && !s.stop_reason.empty()) {
    words.add(s.stop_reason);
    if (s.best_is_back) words.add(" The weights are those of the best epoch.");
    if (!little.empty())
      words.add(" ").add(little);
    else if (s.health == Health::fine || s.health == Health::faulty)
      words.add(" ").add(play_on_words(c.snapshot));
  } else {
    words.format("Training ends after %u %s, or earlier by one of these rules. ", s.epoch_limit,
                 s.epoch_limit == 1 ? "epoch" : "epochs");
    words.format(s.epoch == 1 ? "%u epoch is done" : "%u epochs are done", s.epoch);
    // The time counts epochs that were taken back, so it says nothing when none is left.
    if (s.epoch > 0) words.add(", in ").add(duration(s.training_seconds));
    words.add(".");
    if (s.epoch >= s.epoch_limit && !little.empty()) words.add(" ").add(little);
  }
  const float h = canvas.paragraph(rest, Type::body, Tone::ink, words, 5);
  rest.cut_top(h + 12);
  draw_rules(c, rest.cut_top(52));
  rest.cut_top(20);
  if (has_points(c.snapshot.spec.data)) {
    draw_table(c, rest);
  } else if (rest.width() > 520) {
    const Rect left = rest.cut_left(rest.width() * 0.42f);
    rest.x0 += 24;
    draw_mean_digits(c, left);
    draw_table(c, rest);
  } else {
    draw_mean_digits(c, rest.cut_top(std::min(rest.height() * 0.45f, 240.0f)));
    rest.cut_top(16);
    draw_table(c, rest);
  }
}

}  // namespace downhill::ui
