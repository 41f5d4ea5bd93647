// What the page may ask of the engine, and what scripts may ask of the page. A command is an
// enumerator and a row of kCommands. Its text form, the list of commands in error messages and the
// table of web/README.md are made from the rows; what it does is a case of Session::carry_out or of
// App::carry_out. An argument of a new kind is a member of Command, a line of kMembers<Command> and
// an Argument in arguments.cpp. Knows no engine and no page.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/enumerators.hpp"
#include "data/drawing.hpp"
#include "session/schema/members.hpp"
#include "session/schema/parts.hpp"
#include "train/phase.hpp"

namespace downhill {

enum class CommandKind : uint8_t {
  play,
  pause,
  step,
  back,
  advance,
  reset,
  set,
  speed,
  recover,
  find_lr,
  sharpness,
  loss_line,
  expression,
  expression_step,
  expression_back,
  expression_backward,
  expression_value,
  zero_grad,
  tape,
  race,
  cancel_race,
  show,
  draw,
  save,
  load,
  snapshot,
};

enum class StepUnit : uint8_t { phase, batch, epoch };

enum class FileKind : uint8_t {
  weights,     // safetensors with PyTorch's names and layouts
  checkpoint,  // the whole run: going on from it gives the bits that it would have given
  result,      // what was set and where, and the digest of the weights: session/run_log.hpp
  gradients,   // the gradients of the last batch, as a safetensors file like that of the weights
  curves,      // a table of all steps and tests, as CSV
  confusion,   // the confusion matrix of the last test, as CSV
  scores,      // what the model says of each image or point of the batch, as CSV
};

inline constexpr uint32_t kMaxStepCount = 1'000'000;
inline constexpr uint32_t kRaceEpochs = 2;
inline constexpr size_t kMaxRaceLanes = 9;

struct RaceOrder {
  std::vector<float> lrs;         // kMinLr..kMaxLr, no two alike; empty: race_rates(spec.lr)
  uint32_t epochs = kRaceEpochs;  // 1..kMaxEpochs
  uint32_t engines = 0;           // how many at a time, at most one per core; 0: one per core
  bool operator==(const RaceOrder&) const = default;
};
template <>
inline constexpr auto kMembers<RaceOrder> = list(&RaceOrder::lrs, &RaceOrder::epochs,
                                                 &RaceOrder::engines);

// Parts of the page that a lesson may hide, so that the reader sees few controls at first.
enum class PagePart : uint8_t { experiment, steps, dial, curves };

// What the page shall show. Which views there are is known to ui alone.
struct ShowOrder {
  std::string view;               // "overview", "gradient:the-valley"; empty: as it is
  std::string widget;             // to be scrolled into view; empty: none
  std::optional<uint8_t> hidden;  // a bit per PagePart; unset: as it is
  bool operator==(const ShowOrder&) const = default;
};
template <>
inline constexpr auto kMembers<ShowOrder> = list(&ShowOrder::view, &ShowOrder::widget,
                                                 &ShowOrder::hidden);

// What the tape shall show; unset: as it is.
struct TapeOrder {
  std::optional<uint32_t> row = {};                // opened
  std::optional<uint32_t> unit = {}, weight = {};  // of the product, see TapeProduct
  std::optional<uint32_t> cursor = {};             // TapeView::position
  bool operator==(const TapeOrder&) const = default;
};
template <>
inline constexpr auto kMembers<TapeOrder> = list(&TapeOrder::row, &TapeOrder::unit,
                                                 &TapeOrder::weight, &TapeOrder::cursor);
template <>
inline constexpr auto kMembers<DrawOrder> = list(&DrawOrder::points, &DrawOrder::strokes,
                                                 &DrawOrder::pixels, &DrawOrder::pen,
                                                 &DrawOrder::centred);

struct Command {
  uint32_t id = 0;  // repeated in the answer; 0: no answer is wanted
  CommandKind kind = CommandKind::pause;
  StepUnit unit = StepUnit::batch;
  uint32_t count = 1;  // 1..kMaxStepCount
  Phase phase = Phase::predict;
  std::optional<uint64_t> seed;
  float speed = 0;    // batches per second, 0 or 0.1..10000
  std::string edits;  // for `set`: text that edit_spec() reads
  std::string text;   // for `expression`: the line; for `expression_value`: the input's name
  float value = 0;    // of that input, finite
  FileKind file = FileKind::weights;
  std::vector<uint8_t> bytes;  // for `load`
  RaceOrder race;
  ShowOrder show;
  DrawOrder draw;
  TapeOrder tape;
  SnapshotRequest request;
  bool operator==(const Command&) const = default;
};
template <>
inline constexpr auto kMembers<Command> = list(&Command::id, &Command::kind, &Command::unit,
                                               &Command::count, &Command::phase, &Command::seed,
                                               &Command::speed, &Command::edits, &Command::text,
                                               &Command::value, &Command::file, &Command::bytes,
                                               &Command::race, &Command::draw, &Command::show,
                                               &Command::tape, &Command::request);

// One argument of the text form. `read` returns what is wrong with the text, or nothing; `print`
// returns nothing for an argument that may be left out and was.
struct Argument {
  std::string_view name;
  std::string_view values;  // as web/README.md describes them
  bool required = false;
  std::string (*read)(Command& command, std::string_view text) = nullptr;
  std::string (*print)(const Command& command) = nullptr;
};

extern const Argument kUnitArgument, kCountArgument, kPhaseArgument, kSeedArgument,
    kBatchesArgument, kTextArgument, kNameArgument, kValueArgument, kWhatArgument,
    kRaceRatesArgument, kRaceEpochsArgument, kRaceEnginesArgument, kShowViewArgument,
    kShowWidgetArgument, kShowHideArgument, kStrokesArgument, kPixelsArgument, kPenArgument,
    kCentredArgument, kTapeRowArgument, kTapeUnitArgument, kTapeWeightArgument, kTapeCursorArgument;

enum class Doer : uint8_t { engine, page };       // who carries a command out
enum class Sender : uint8_t { anyone, program };  // program: it has no text form

struct CommandRow {
  CommandKind kind;
  Doer doer;
  Sender sender;
  std::string_view doc;
  std::array<const Argument*, 4> arguments = {};  // of `set`: the fields of the experiment
};

inline constexpr CommandRow kCommands[] = {
    {CommandKind::play, Doer::engine, Sender::anyone, "trains until a stop rule fires"},
    {CommandKind::pause, Doer::engine, Sender::anyone, "stops training until the next command"},
    {CommandKind::step,
     Doer::engine,
     Sender::anyone,
     "goes forward by `count` units, then pauses",
     {&kUnitArgument, &kCountArgument}},
    {CommandKind::back,
     Doer::engine,
     Sender::anyone,
     "goes back by `count` units, then pauses",
     {&kUnitArgument, &kCountArgument}},
    {CommandKind::advance,
     Doer::engine,
     Sender::anyone,
     "trains until that phase has been done once more",
     {&kPhaseArgument}},
    {CommandKind::reset,
     Doer::engine,
     Sender::anyone,
     "starts again with the initial weights, or with those of another seed",
     {&kSeedArgument}},
    {CommandKind::set, Doer::engine, Sender::anyone,
     "changes fields of the experiment: takes effect at once, or restarts the run (above)"},
    {CommandKind::speed,
     Doer::engine,
     Sender::anyone,
     "limits the batches per second; 0: no limit",
     {&kBatchesArgument}},
    {CommandKind::recover, Doer::engine, Sender::anyone,
     "goes back to before the divergence that was noticed"},
    {CommandKind::find_lr, Doer::engine, Sender::anyone,
     "sweeps the learning rate: fastai's finder"},
    {CommandKind::sharpness, Doer::engine, Sender::anyone,
     "measures the largest eigenvalue of the Hessian of this batch"},
    {CommandKind::loss_line, Doer::engine, Sender::anyone, "measures the loss along the gradient"},
    {CommandKind::expression,
     Doer::engine,
     Sender::anyone,
     "puts a line of arithmetic on a tape of its own and computes its values",
     {&kTextArgument}},
    {CommandKind::expression_step,
     Doer::engine,
     Sender::anyone,
     "goes `count` nodes on: forward, and then, with the gradient, back",
     {&kCountArgument}},
    {CommandKind::expression_back,
     Doer::engine,
     Sender::anyone,
     "undoes `count` of these steps",
     {&kCountArgument}},
    {CommandKind::expression_backward, Doer::engine, Sender::anyone,
     "goes the rest of the way back, or all of it once more: gradients add up"},
    {CommandKind::expression_value,
     Doer::engine,
     Sender::anyone,
     "gives an input of the expression another number",
     {&kNameArgument, &kValueArgument}},
    {CommandKind::zero_grad, Doer::engine, Sender::anyone,
     "clears the gradients of the expression"},
    {CommandKind::tape,
     Doer::engine,
     Sender::anyone,
     "opens a row of the tape, chooses a weight, moves the cursor, see below",
     {&kTapeRowArgument, &kTapeUnitArgument, &kTapeWeightArgument, &kTapeCursorArgument}},
    {CommandKind::race,
     Doer::page,
     Sender::anyone,
     "trains with several learning rates side by side, see below",
     {&kRaceRatesArgument, &kRaceEpochsArgument, &kRaceEnginesArgument}},
    {CommandKind::cancel_race, Doer::page, Sender::anyone,
     "ends all engines of the race; the promise of `race` is rejected"},
    {CommandKind::show,
     Doer::page,
     Sender::anyone,
     "puts a view on the stage, brings a widget into view, hides parts of the page, see below",
     {&kShowViewArgument, &kShowWidgetArgument, &kShowHideArgument}},
    {CommandKind::draw,
     Doer::engine,
     Sender::anyone,
     "changes the digit drawn by hand, see below",
     {&kStrokesArgument, &kPixelsArgument, &kPenArgument, &kCentredArgument}},
    {CommandKind::save,
     Doer::engine,
     Sender::anyone,
     "gives the reader the file as a download",
     {&kWhatArgument}},
    {CommandKind::load, Doer::engine, Sender::program,
     "`bytes` are such a file: weights become initial weights, a checkpoint goes on"},
    {CommandKind::snapshot, Doer::engine, Sender::program, "answers `request` with a snapshot"},
};

consteval bool rows_follow_enumerators() {
  for (size_t i = 0; i < std::size(kCommands); ++i) {
    if (kCommands[i].kind != static_cast<CommandKind>(i)) return false;
  }
  return std::size(kCommands) == kEnumeratorCount<CommandKind>;
}
static_assert(rows_follow_enumerators(),
              "kCommands needs one row for each CommandKind, in the same order.");

constexpr const CommandRow& row_of(CommandKind kind) {
  return kCommands[static_cast<size_t>(kind)];
}
// Commands about the expression, which leave the run as it is and need no data.
constexpr bool about_expression(CommandKind kind) {
  return kind >= CommandKind::expression && kind <= CommandKind::zero_grad;
}
constexpr std::string_view command_name(CommandKind kind) { return enumerator_name(kind); }

}  // namespace downhill
