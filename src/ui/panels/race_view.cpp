// A race of learning rates: the chart of all lanes, a row of numbers for each, and the buttons that
// start and cancel it. A click on a lane sets the dial to its rate. The run itself takes no part.
#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <span>
#include <string>

#include "base/text.hpp"
#include "session/command.hpp"
#include "ui/lr_scale.hpp"
#include "ui/panels/race_chart.hpp"
#include "ui/panels/race_words.hpp"
#include "ui/panels/tools.hpp"
#include "ui/widgets.hpp"

namespace downhill::ui {
namespace {

constexpr float kTitle = 32, kHead = 20, kRow = 27, kTallRow = 42;
constexpr float kOneLine = 500;  // dp; where there is less, a lane and the words take two lines
constexpr float kLeastChart = 190;  // with room for the names of nine lanes
constexpr std::string_view kExplanation =
    "The same model, initial weights and batches: only the learning rate differs. The run itself is "
    "not changed, and pauses meanwhile.";

// The columns of the table, for one line per lane.
enum Column : uint8_t { kRate, kLoss, kAccuracy, kDone, kSpeed, kState, kColumns };
struct ColumnLook {
  std::string_view name, help;
  float width;  // of kState: what is left over
};
constexpr std::array<ColumnLook, kColumns> kLooks = {
    {{"rate", "The learning rate that the schedule of the experiment starts from.", 58},
     {"train. loss", "The training loss of the last batch. All lanes see the same batches.", 60},
     {"validation", "The accuracy on the validation images, after the last whole epoch.", 62},
     {"epochs", "Epochs done.", 44},
     {"images/s",
      "Training images per second while the engine of this lane works, validation included.", 64},
     {"state", "", 0}}};
constexpr float kUse = 92;

ColumnLook look_of(Column column, DataKind data) {
  ColumnLook look = kLooks[column];
  if (!has_points(data)) return look;
  if (column == kAccuracy) {
    look.name = "validation";
    look.help = "The loss on the validation points, after the last whole epoch.";
  }
  if (column == kSpeed) {
    look.name = "points/s";
    look.help = "Points per second while the engine of this lane works, validation included.";
  }
  return look;
}

// The spare width of a wide table goes between the numbers.
float column_width(Column column, float table) {
  return kLooks[column].width + std::clamp((table - 532) / 6, 0.0f, 28.0f);
}

float row_height(float width) { return width < kOneLine ? kTallRow : kRow; }
float table_height(const RaceView& race, float width) {
  return kHead + row_height(width) * static_cast<float>(race.lanes.size());
}

bool same_but_for_the_rate(ExperimentSpec a, const ExperimentSpec& b) {
  a.lr = b.lr;
  a.epochs = b.epochs;
  a.stop = b.stop;
  return a == b;
}

// The finished lane with the best validation accuracy, or the least loss where there is none.
std::optional<size_t> best_of(const RaceView& race) {
  std::optional<size_t> best;
  for (size_t i = 0; i < race.lanes.size(); ++i) {
    if (race.lanes[i].state != LaneState::done) continue;
    const RaceLane &lane = race.lanes[i], &least = race.lanes[best.value_or(i)];
    const bool better = has_points(race.spec.data) ? lane.valid_loss < least.valid_loss
                                                   : lane.valid_accuracy > least.valid_accuracy;
    if (!best || better) best = i;
  }
  return best;
}

Label speed_words(float images_per_second) {
  if (!(images_per_second > 0)) return "–";
  return count(static_cast<uint64_t>(images_per_second));
}

// An epoch of points is a step or a few.
uint32_t epochs_of_next(const ToolContext& c) {
  constexpr uint32_t kOfPoints = 50;
  if (c.selection.race_epochs > 0) return c.selection.race_epochs;
  return has_points(c.snapshot.spec.data) ? kOfPoints : kRaceEpochs;
}

RaceOrder next_race(const ToolContext& c) {
  return {c.selection.race_rates, epochs_of_next(c), 0};
}

LongLabel rates_text(std::span<const float> rates) {
  LongLabel text;
  for (const float lr : rates) text.add(text.view().empty() ? "" : ", ").add(rate(lr));
  return text;
}

// The race that `argument` describes, or nothing and why.
std::optional<RaceOrder> read_order(ToolContext& c, std::string_view argument,
                                    std::string_view typed) {
  std::string value(typed);
  std::erase(value, ' ');
  const Result<Command> command = parse_command("race?" + edit_text(argument, value));
  if (command) return command->race;
  c.requests.refusal = command.error().message;
  return std::nullopt;
}

// The choices above the chart: one row, or two.
constexpr float kChoices = 26;
bool is_narrow(const Rect& rect) { return rect.width() < 620; }
float choices_height(const Rect& rect) { return is_narrow(rect) ? 2 * kChoices + 6 : kChoices; }

class RaceTool final : public Tool {
 public:
  void draw(ToolContext& c, const Rect& rect, bool whole) override;
  // The table.
  void draw_rest(ToolContext& c, const Rect& rect) override;
  float least_height(const ToolContext& c, float width) const override {
    return 490 + table_height(c.race, width);
  }

 private:
  void draw_title(ToolContext& c, const Rect& rect) const;
  void draw_choices(ToolContext& c, const Rect& rect);
  void draw_rates(ToolContext& c, const Rect& rect);
  void draw_epochs(ToolContext& c, const Rect& rect);
  void draw_row(ToolContext& c, size_t lane, const Rect& rect);
  void draw_numbers(ToolContext& c, size_t lane, Rect first, const Rect& second, float table) const;

  RaceChart chart_;
  TextField rates_, epochs_;
  std::vector<float> usual_;  // the rates of a race where none were chosen
  float around_ = 0;          // the rate on the dial
  uint32_t taken_ = 0;  // the number of the race whose choices the fields have taken over
  std::optional<size_t> pointed_;      // the lane under the mouse, one frame old
  std::optional<size_t> pointed_row_;  // this frame
};

}  // namespace

std::unique_ptr<Tool> make_race() { return std::make_unique<RaceTool>(); }

// Never again for the same experiment: "Race again" is for that.
void open_race(ToolContext& c, bool) {
  const bool there = !c.race.lanes.empty() && same_but_for_the_rate(c.snapshot.spec, c.race.spec);
  if (c.race.going || there || !c.snapshot.status.ready) return;
  c.requests.race(next_race(c));
}

namespace {

void RaceTool::draw_title(ToolContext& c, const Rect& rect) const {
  const RaceView& race = c.race;
  Canvas& canvas = c.canvas;
  Rect title = rect;
  draw_tool_done(c, title, "race-done",
                 "Back to the stage; a running race continues. Key: Escape.");
  const std::string_view again = title.width() < 260 ? "Again" : "Race again";
  const std::string_view label = race.going ? "Cancel" : race.lanes.empty() ? "Race" : again;
  const Rect place = title.cut_right(canvas.width(Type::body, label) + 28).inset(0, 1);
  if (race.going) {
    if (button(canvas, "race-cancel", place, ButtonLook::outlined,
               {.label = label, .help = "Stop all lanes now."}))
      c.requests.add(CommandKind::cancel_race);
  } else if (button(canvas, "race-again", place, ButtonLook::outlined,
                    {.label = label, .help = "With the rates and epochs below."},
                    c.snapshot.status.ready)) {
    c.requests.race(next_race(c));
  }
  title.x1 -= 8;
  draw_tool_title(c, title, "Learning-rate race");
}

void RaceTool::draw_choices(ToolContext& c, const Rect& rect) {
  constexpr std::array<std::string_view, 2> kScales = {"linear", "log"};
  constexpr float kEpochs = 44;
  Canvas& canvas = c.canvas;
  if (c.race.number != taken_) {  // also one that a script or a link has begun
    taken_ = c.race.number;
    std::vector<float> lrs;
    for (const RaceLane& lane : c.race.lanes) lrs.push_back(lane.lr);
    const bool usual = lrs == downhill::race_rates(c.race.spec.lr);
    c.selection.race_rates = usual ? std::vector<float>() : std::move(lrs);
    c.selection.race_epochs = c.race.spec.epochs;
  }
  Rect rest = rect;
  const bool narrow = is_narrow(rect);
  Rect first;  // for the rates: a row of their own where the stage is narrow
  if (narrow) {
    first = rest.cut_top(kChoices);
    rest.cut_top(6);
  }
  const auto name = [&](Rect& row, std::string_view word) {
    canvas.text_in(row.cut_left(canvas.width(Type::small, word) + 8), Type::small, Tone::soft, word);
  };
  if (const auto clicked =
          segmented(canvas, "race-scale", rest.cut_right(segmented_width(canvas, kScales)), kScales,
                    c.selection.loss_log ? 1 : 0,
                    "A logarithmic axis shows small losses as well as large ones."))
    c.selection.loss_log = *clicked == 1;
  rest.x1 -= 12;
  if (!narrow) {
    first = rest;
    rest = first.cut_right(canvas.width(Type::small, "epochs") + 8 + kEpochs);
    first.x1 -= 12;
  }
  name(rest, "epochs");
  draw_epochs(c, rest.cut_left(kEpochs));
  name(first, "rates");
  draw_rates(c, first);
}

void RaceTool::draw_rates(ToolContext& c, const Rect& rect) {
  const std::vector<float>& chosen = c.selection.race_rates;
  if (around_ != c.snapshot.spec.lr) {
    around_ = c.snapshot.spec.lr;
    usual_ = downhill::race_rates(around_);
  }
  const LongLabel value = rates_text(chosen.empty() ? usual_ : chosen);
  rates_.use(Keyboard::letters);  // numbers have no comma on every phone
  const auto typed = rates_.draw(
      c.canvas, "race-rates", rect, value, Type::small,
      "The rates of the next race, nine at most. Left empty: six around that of the dial, each ten "
      "times the one before.");
  if (!typed) return;
  if (typed->find_first_not_of(' ') == std::string_view::npos) {
    c.selection.race_rates.clear();
  } else if (auto order = read_order(c, "rates", *typed)) {
    c.selection.race_rates = std::move(order->lrs);
  }
}

void RaceTool::draw_epochs(ToolContext& c, const Rect& rect) {
  const auto typed = epochs_.draw(c.canvas, "race-epochs", rect, count(epochs_of_next(c)),
                                  Type::small, "How many epochs the next race takes.");
  if (!typed) return;
  if (const auto order = read_order(c, "epochs", *typed)) c.selection.race_epochs = order->epochs;
}

void RaceTool::draw(ToolContext& c, const Rect& rect, bool whole) {
  const RaceView& race = c.race;
  Canvas& canvas = c.canvas;
  Rect rest = rect;
  draw_title(c, rest.cut_top(kTitle));
  draw_tool_words(canvas, rest, kExplanation);
  const int lines = rect.width() < kOneLine ? 2 : 1;
  canvas.paragraph(rest.cut_top(20.0f * static_cast<float>(lines)), Type::small, Tone::soft,
                   race_words(race), lines);
  rest.cut_top(6);
  draw_choices(c, rest.cut_top(choices_height(rect)));
  rest.cut_top(10);
  pointed_row_.reset();
  if (whole) {
    const float wanted = table_height(race, rect.width());
    const float chart = std::max(kLeastChart, rest.height() * 0.45f);
    draw_rest(c, rest.cut_bottom(std::min(wanted, rest.height() - chart)));
    rest.cut_bottom(12);
  }
  std::optional<size_t> pointed = pointed_;
  const std::optional<size_t> pressed =
      chart_.draw(race, canvas, rest, c.selection.loss_log, pointed);
  if (pressed) c.requests.set("lr", rate(tidy_lr(race.lanes[*pressed].lr)));
  pointed_ = pointed ? pointed : pointed_row_;
}

void RaceTool::draw_rest(ToolContext& c, const Rect& rect) {
  const RaceView& race = c.race;
  Canvas& canvas = c.canvas;
  if (race.lanes.empty() || rect.empty()) return;
  const float wanted = table_height(race, rect.width());
  const bool scrolls = wanted > rect.height() + 0.5f;
  Rect rest = scrolls ? canvas.begin_scroll("race-table", rect, wanted) : rect;
  if (scrolls) rest.x1 -= 12;
  Rect head = rest.cut_top(kHead);
  head.x0 += 22;
  const uint8_t named = rect.width() < kOneLine ? kDone : kColumns;  // two lines: the upper one's
  for (uint8_t i = kRate; i < named; ++i) {
    const auto column = static_cast<Column>(i);
    const Rect cell =
        head.cut_left(column == kState ? head.width() : column_width(column, rect.width()));
    const ColumnLook look = look_of(column, race.spec.data);
    canvas.text_in(cell, Type::tiny, Tone::faint, look.name);
    canvas.explain(cell, look.help);
  }
  for (size_t i = 0; i < race.lanes.size(); ++i) {
    draw_row(c, i, rest.cut_top(row_height(rect.width())));
  }
  if (scrolls) canvas.end_scroll();
}

// What a press on the row does, or that it is done.
void draw_use(ToolContext& c, float lr, const Rect& rect, bool hovered) {
  const bool dialled = c.snapshot.spec.lr == lr;
  c.canvas.text_in(rect, Type::small,
                   dialled   ? Tone::rate
                   : hovered ? Tone::ink
                             : Tone::soft,
                   dialled ? LongLabel("on the dial") : LongLabel("Use ").add(rate(lr)),
                   Align::right);
}

void RaceTool::draw_row(ToolContext& c, size_t i, const Rect& rect) {
  const RaceView& race = c.race;
  Canvas& canvas = c.canvas;
  const RaceLane& lane = race.lanes[i];
  const Hit hit = canvas.hit("race-lane", rect, static_cast<int>(i));
  if (hit.hovered) pointed_row_ = i;
  canvas.rule(rect.x0, rect.x1, rect.y0, Tone::line);
  if (hit.hovered || hit.held || pointed_ == i) {
    canvas.fill(rect, hit.held ? Tone::surface_deep : Tone::surface, 4);
  }
  const float lr = tidy_lr(lane.lr);
  if (hit.clicked) c.requests.set("lr", rate(lr));
  Rect rest = rect;
  draw_use(c, lr, rest.cut_right(kUse).inset(6, 0), hit.hovered);
  const bool two_lines = rect.width() < kOneLine;
  Rect first = rest, second = rest;
  if (two_lines) {
    first.y1 = rest.y0 + 24;
    second = {rest.x0 + 22, rest.y0 + 21, rest.x1, rest.y1 - 3};
  }
  const uint32_t color = canvas.theme().among_rates(lane_share(race, i));
  const float y = first.center().y;
  canvas.fill_color({first.x0 + 4, y - 1.5f, first.x0 + 18, y + 1.5f}, color, 1.5f);
  first.x0 += 22;
  draw_numbers(c, i, first, second, rect.width());
  LongLabel help = lane.trouble.empty() ? LongLabel() : LongLabel(lane.trouble).add(" ");
  canvas.explain(rect, help.add("Click to set the dial to ").add(rate(lr)).add("."));
}

// In the columns of `first`, or in the two lines of a narrow table.
void RaceTool::draw_numbers(ToolContext& c, size_t i, Rect first, const Rect& second,
                            float table) const {
  const RaceView& race = c.race;
  Canvas& canvas = c.canvas;
  const RaceLane& lane = race.lanes[i];
  const bool two_lines = table < kOneLine;
  const bool best = best_of(race) == i;
  const auto cell = [&](Column column, Type type, Tone tone, std::string_view text) {
    const float width = column == kState ? first.width() : column_width(column, table);
    canvas.text_in(first.cut_left(width), type, tone, text);
  };
  cell(kRate, Type::small_strong, Tone::ink, rate(lane.lr));
  const bool known = lane.step > 0 || lane.state == LaneState::diverged;
  cell(kLoss, Type::small, Tone::ink, known ? number(lane.loss) : Label("–"));
  const bool points = has_points(race.spec.data);
  cell(kAccuracy, best ? Type::small_strong : Type::small, Tone::ink,
       lane.epoch == 0 ? Label("–")
       : points        ? number(lane.valid_loss)
                       : percent(lane.valid_accuracy, 2));
  const Label epochs = Label(count(lane.epoch)).add(" of ").add(count(race.spec.epochs));
  const Label speed = speed_words(lane.images_per_second);
  const LongLabel state =
      lane.state == LaneState::failed ? LongLabel(lane.trouble) : LongLabel(lane_words(lane));
  if (two_lines) {
    LongLabel words = state, brief = state;
    if (lane.step > 0 && std::isfinite(lane.loss) && lane.state != LaneState::failed) {
      brief.add(" · epoch ").add(epochs);
      words = LongLabel(brief.view()).add(" · ").add(speed).add(" images/s");
    }
    canvas.text_in(second, Type::tiny, Tone::faint, {words, brief});
  } else {
    cell(kDone, Type::small, Tone::soft, race.spec.epochs < 10 ? epochs : count(lane.epoch));
    cell(kSpeed, Type::small, Tone::soft, speed);
    cell(kState, Type::small, Tone::soft, state);
  }
}

}  // namespace
}  // namespace downhill::ui
