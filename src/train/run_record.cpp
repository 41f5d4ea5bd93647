#include "train/run_record.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <utility>

#include "base/query_text.hpp"
#include "base/text.hpp"

namespace downhill {
namespace {

constexpr std::string_view kFormat = "downhill.run", kVersion = "1";
constexpr uint64_t kMaxPosition = uint64_t{1} << 40;  // batches of one image for a thousand epochs
constexpr float kMaxTrainingSeconds = 1e9f;

// A column of a table, and what its numbers can be. Training stops at a loss that is not finite,
// so none is recorded. The gradient of that step and a test after it may be anything.
enum class Finite : uint8_t { always, perhaps };
struct Column {
  std::string_view name;
  float low, high;
  Finite finite = Finite::always;
};
constexpr float kAny = std::numeric_limits<float>::max();
constexpr float kRounding = 1 + 1e-5f;  // of a schedule that comes back to the rate of the dial
constexpr Column kStepColumns[] = {{"loss", -kAny, kAny},
                                   {"gradient norm", 0, kAny, Finite::perhaps},
                                   {"learning rate", 0, kMaxLr* kRounding},
                                   {"momentum", 0, 1}};
// Epoch 0 has no training loss, and points have no accuracy.
constexpr Column kEpochColumns[] = {{"training loss", -kAny, kAny, Finite::perhaps},
                                    {"validation loss", -kAny, kAny, Finite::perhaps},
                                    {"validation accuracy", 0, 1}};
constexpr Column kPointEpochColumns[] = {
    kEpochColumns[0], kEpochColumns[1], {"validation accuracy", 0, 1, Finite::perhaps}};

Error refuse(const std::string& what) { return Error{"[checkpoint] " + what}; }

std::string number(uint64_t value) { return print(value); }

FileTensor tensor(std::string name, std::vector<uint32_t> shape, std::vector<float> values) {
  return {std::move(name), std::move(shape), std::move(values)};
}

// Steps are not written: the step of a point follows from its index, that of an epoch from the
// batches of an epoch.
void append_history(const RunHistory& history, TensorFile& file) {
  std::vector<float> steps, epochs;
  for (const CurvePoint& p : history.steps) {
    steps.insert(steps.end(), {p.loss, p.gradient_norm, p.lr, p.momentum});
  }
  for (const EpochPoint& p : history.epochs) {
    epochs.insert(epochs.end(), {p.train_loss, p.valid_loss, p.valid_accuracy});
  }
  const auto rows = [](const auto& points) { return static_cast<uint32_t>(points.size()); };
  file.tensors.push_back(
      tensor("run.steps", {rows(history.steps), std::size(kStepColumns)}, std::move(steps)));
  file.tensors.push_back(
      tensor("run.epochs", {rows(history.epochs), std::size(kEpochColumns)}, std::move(epochs)));
  std::string marks, live, frozen;
  for (const LrMark& m : history.marks) {
    marks += (marks.empty() ? "" : ",") + number(m.step) + ":" + print(m.from) + ":" + print(m.to);
  }
  for (const LiveMark& m : history.live) {
    live += (live.empty() ? "" : ",") + number(m.step) + ":" + print(m.live.weight_decay) + ":" +
            print(m.live.clip);
  }
  for (const FrozenMark& m : history.frozen) {
    frozen += (frozen.empty() ? "" : ",") + number(m.step) + ":" + number(m.layers);
  }
  file.metadata.emplace_back("run.first_lr", print(history.first_lr));
  file.metadata.emplace_back("run.lr_marks", std::move(marks));
  file.metadata.emplace_back("run.live_marks", std::move(live));
  file.metadata.emplace_back("run.frozen_marks", std::move(frozen));
}

// Reads the texts and tensors of a run from a file, and stores the first error.
class RunReader {
 public:
  explicit RunReader(const TensorFile& file) : file_(file) {}

  std::string text(std::string_view key) {
    const std::string* found = file_.find_metadata(key);
    if (found == nullptr) fail("the text " + quoted(key) + " is missing");
    return found == nullptr ? std::string() : *found;
  }
  uint64_t whole(std::string_view key, std::string_view digits, uint64_t most, uint64_t least = 0) {
    const Result<uint64_t> value = parse_u64(digits);
    if (value && *value >= least && *value <= most) return *value;
    fail(quoted(key) + " says " + quoted(digits) + " where " + number(least) + "…" + number(most) +
         " was expected");
    return 0;
  }
  uint64_t whole(std::string_view key, uint64_t most) { return whole(key, text(key), most); }
  float seconds(std::string_view key, std::string_view digits) {
    const Result<float> value = parse_float(digits);
    if (value && *value >= 0 && *value <= kMaxTrainingSeconds) return *value;
    fail(quoted(key) + " says " + quoted(digits) + " where 0…" + print(kMaxTrainingSeconds) +
         " was expected");
    return 0;
  }
  // The value of a field of the experiment, with the range of that field.
  float field(std::string_view key, std::string_view name, float ExperimentSpec::*member,
              std::string_view digits) {
    ExperimentSpec spec;
    const Result<void> read = find_spec_field(name)->parse(spec, digits);
    if (!read) fail("in " + quoted(key) + ": " + read.error().message);
    return spec.*member;
  }
  float rate(std::string_view key, std::string_view digits) {
    return field(key, "lr", &ExperimentSpec::lr, digits);
  }
  // Splits "1:0.5:2,9:1:0" into rows of `columns` texts.
  std::vector<std::vector<std::string_view>> rows(std::string_view key, const std::string& from,
                                                  size_t columns) {
    std::vector<std::vector<std::string_view>> all;
    if (from.empty()) return all;
    for (const std::string_view row : split(from, ',')) {
      all.push_back(split(row, ':'));
      if (all.back().size() == columns) continue;
      fail(quoted(key) + " has " + quoted(row) + " where " + number(columns) +
           " numbers were expected");
      return {};
    }
    return all;
  }
  // The numbers of a tensor [rows, columns]; empty if there is none of that name and shape, or if
  // a number is out of the range of its column.
  std::vector<float> table(const std::string& name, std::span<const Column> columns) {
    const FileTensor* found = file_.find(name);
    if (found == nullptr || found->shape.size() != 2 || found->shape[1] != columns.size()) {
      fail("the tensor " + quoted(name) + " of " + number(columns.size()) + " columns is missing");
      return {};
    }
    for (size_t i = 0; i < found->values.size(); ++i) {
      const Column& column = columns[i % columns.size()];
      const float value = found->values[i];
      if (value >= column.low && value <= column.high) continue;
      if (column.finite == Finite::perhaps && !std::isfinite(value)) continue;
      fail(quoted(name) + " has a " + std::string(column.name) + " of " + print(value) +
           " in row " + number(i / columns.size()));
      return {};
    }
    return found->values;
  }
  // The numbers of a state. A run does not go on from a number that is not finite.
  std::vector<float> state(const std::string& name) {
    const FileTensor* found = file_.find(name);
    if (found == nullptr) {
      fail("the tensor " + quoted(name) + " is missing");
      return {};
    }
    for (size_t i = 0; i < found->values.size(); ++i) {
      if (std::isfinite(found->values[i])) continue;
      fail(quoted(name) + " has " + print(found->values[i]) + " at place " + number(i) +
           ", which is not a finite number");
      return {};
    }
    return found->values;
  }

  void fail(const std::string& what) {
    if (error_.empty()) error_ = what;
  }
  bool ok() const { return error_.empty(); }
  Error error() const { return refuse(error_); }

 private:
  const TensorFile& file_;
  std::string error_;
};

RunHistory read_history(RunReader& from, bool points) {
  RunHistory history;
  const std::vector<float> steps = from.table("run.steps", kStepColumns);
  for (size_t i = 0; i < steps.size(); i += std::size(kStepColumns)) {
    history.steps.push_back({static_cast<uint32_t>(history.steps.size() + 1), steps[i],
                             steps[i + 1], steps[i + 2], steps[i + 3]});
  }
  const std::vector<float> epochs =
      from.table("run.epochs", points ? kPointEpochColumns : kEpochColumns);
  for (size_t i = 0; i < epochs.size(); i += std::size(kEpochColumns)) {
    history.epochs.push_back(
        {static_cast<uint32_t>(history.epochs.size()), 0, epochs[i], epochs[i + 1], epochs[i + 2]});
  }
  history.first_lr = from.rate("run.first_lr", from.text("run.first_lr"));
  const std::string marks = from.text("run.lr_marks"), live = from.text("run.live_marks"),
                    frozen = from.text("run.frozen_marks");
  const uint64_t most = history.steps.size() + 1;
  for (const auto& row : from.rows("run.lr_marks", marks, 3)) {
    history.marks.push_back({static_cast<uint32_t>(from.whole("run.lr_marks", row[0], most)),
                             from.rate("run.lr_marks", row[1]), from.rate("run.lr_marks", row[2])});
  }
  for (const auto& row : from.rows("run.live_marks", live, 3)) {
    LiveMark& mark = history.live.emplace_back();
    mark.step = static_cast<uint32_t>(from.whole("run.live_marks", row[0], most));
    mark.live.weight_decay =
        from.field("run.live_marks", "wd", &ExperimentSpec::weight_decay, row[1]);
    mark.live.clip = from.field("run.live_marks", "clip", &ExperimentSpec::clip, row[2]);
  }
  for (const auto& row : from.rows("run.frozen_marks", frozen, 2)) {
    history.frozen.push_back(
        {static_cast<uint32_t>(from.whole("run.frozen_marks", row[0], most + 1)),
         static_cast<uint32_t>(from.whole("run.frozen_marks", row[1], kMaxLayers))});
  }
  const auto in_order = [](const auto& a, const auto& b) { return a.step < b.step; };
  if (!std::ranges::is_sorted(history.marks, in_order) ||
      !std::ranges::is_sorted(history.live, in_order) ||
      !std::ranges::is_sorted(history.frozen, in_order)) {
    from.fail("changes of settings are not in order");
  }
  if (history.live.empty() || history.live.front().step != 1 || history.frozen.empty() ||
      history.frozen.front().step != 1) {
    from.fail("the first settings are missing");
  }
  if (history.epochs.empty()) from.fail("the validation of the initial weights is missing");
  return history;
}

std::vector<Checkpoint> read_states(RunReader& from) {
  std::vector<Checkpoint> states;
  const std::string words = from.text("run.states");
  for (const std::string_view word : split(words, ',')) {
    const std::vector<std::string_view> pieces = split(word, ':');
    if (pieces.size() != 2) {
      from.fail("'run.states' has " + quoted(word) + " where epoch:steps was expected");
      return states;
    }
    Checkpoint& state = states.emplace_back();
    state.epoch = static_cast<uint32_t>(from.whole("run.states", pieces[0], UINT32_MAX));
    state.state.steps = from.whole("run.states", pieces[1], kMaxPosition);
    const std::string name = "run.state." + std::string(pieces[0]);
    state.state.numbers = from.state(name);
    if (!from.ok()) return states;
  }
  for (size_t i = 0; i < states.size(); ++i) {
    const bool in_order = i == 0 ? states[i].epoch == 0 : states[i].epoch > states[i - 1].epoch;
    if (!in_order) from.fail("the states are not in the order of epochs, from 0");
  }
  return states;
}

}  // namespace

void append_run(const RunRecord& record, TensorFile& file) {
  file.metadata.emplace_back(kFormat, kVersion);
  file.metadata.emplace_back("run.spec", print_spec(record.spec));
  file.metadata.emplace_back("run.position", number(record.position));
  file.metadata.emplace_back("run.finished", record.finished ? "1" : "0");
  file.metadata.emplace_back("run.training_seconds",
                             print(static_cast<float>(record.training_seconds)));
  file.metadata.emplace_back("run.rules", print_stop(record.rules));
  file.metadata.emplace_back("run.epoch_limit", number(record.epoch_limit));
  std::string starts, states;
  for (const uint32_t start : record.schedule_starts) {
    starts += (starts.empty() ? "" : ",") + number(start);
  }
  file.metadata.emplace_back("run.schedule_starts", std::move(starts));
  append_history(record.history, file);
  for (const Checkpoint& state : record.states) {
    states += (states.empty() ? "" : ",") + number(state.epoch) + ":" + number(state.state.steps);
    file.tensors.push_back(tensor("run.state." + number(state.epoch),
                                  {static_cast<uint32_t>(state.state.numbers.size())},
                                  state.state.numbers));
  }
  file.metadata.emplace_back("run.states", std::move(states));
}

bool has_run(const TensorFile& file) { return file.find_metadata(kFormat) != nullptr; }

Result<RunRecord> read_run(const TensorFile& file) {
  RunReader from(file);
  const std::string version = from.text(kFormat);
  if (from.ok() && version != kVersion) {
    return refuse("version " + quoted(version) + " where " + std::string(kVersion) +
                  " was expected: it is of another Downhill");
  }
  RunRecord record;
  const std::string spec_text = from.text("run.spec");
  const Result<ExperimentSpec> spec = edit_spec(ExperimentSpec{}, spec_text);
  if (!spec) return spec.error();
  if (print_spec(*spec) != spec_text) from.fail("'run.spec' is not written in full");
  record.spec = *spec;
  record.position = from.whole("run.position", kMaxPosition);
  record.finished = from.whole("run.finished", 1) == 1;
  record.training_seconds =
      static_cast<double>(from.seconds("run.training_seconds", from.text("run.training_seconds")));
  const Result<StopSpec> rules = parse_stop(from.text("run.rules"));
  if (!rules) return rules.error();
  record.rules = *rules;
  const std::string starts = from.text("run.schedule_starts");
  for (const std::string_view start : split(starts, ',')) {
    record.schedule_starts.push_back(
        static_cast<uint32_t>(from.whole("run.schedule_starts", start, UINT32_MAX)));
  }
  if (!std::ranges::is_sorted(record.schedule_starts) || record.schedule_starts.front() != 0) {
    from.fail("the starts of the schedule are not in order, from 0");
  }
  // A finished run that goes on begins the schedule again, and gets as many epochs again.
  record.epoch_limit =
      static_cast<uint32_t>(from.whole("run.epoch_limit", from.text("run.epoch_limit"),
                                       kMaxEpochs * record.schedule_starts.size(), 1));
  record.history = read_history(from, has_points(record.spec.data));
  record.states = read_states(from);
  if (!from.ok()) return from.error();
  return record;
}

}  // namespace downhill
