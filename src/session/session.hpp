// One engine: a trainer, the data it learns from, and the conversation with the page. Takes
// commands, trains in slices between them, answers each command when it is done, and copies out
// snapshots. It owns no thread and reads no clock of its own: its driver (a worker, a thread, a
// test) passes the time in.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "expression/run.hpp"
#include "session/command.hpp"
#include "session/digit_store.hpp"
#include "session/inspection_view.hpp"
#include "session/run_log.hpp"
#include "session/snapshot.hpp"
#include "session/tape_view.hpp"
#include "session/tools.hpp"
#include "train/trainer.hpp"

namespace downhill {

// At full speed, costly and rare parts are made once in so many batches, and at most so often. A
// costly one is as much work as two to five steps, a rare one as ten to fifteen, so that costs less
// than 3 % of the training time of most models.
inline constexpr uint64_t kCostlyBatches = 300, kRareBatches = 1500;
inline constexpr double kCostlySeconds = 0.25, kRareSeconds = 1;

class Session {
 public:
  Session() = default;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Takes digits, builds the model of the current spec if they allow it, and carries out the
  // commands that waited for them. On an error the session stays as it was.
  Result<void> load(DataBytes data);
  Result<void> load(DigitData data);
  // Whether a command waits for all ten digits. The driver then fetches them and calls load(), or
  // calls digits_failed() with the reason, and the experiment keeps the digits that it has.
  bool wants_digits() const { return wants_digits_; }
  void digits_failed(const std::string& sentence);

  // One message from the page (command.hpp). A command with an id gets an answer, which is queued
  // when the command is done.
  void receive(const uint8_t* bytes, size_t size);
  void receive(const Command& command);

  // Called while a command takes long, and no message can be sent: it makes progress.
  void on_progress(std::function<void()> act) { trainer_.on_progress(std::move(act)); }

  // Trains until `clock()` reaches `deadline`, reading the clock between phases. If there is work,
  // does at least one phase, or one part of a test or of a tool's work. Returns the seconds until
  // there is more to do: 0 means at once, infinity means that only a command brings work, anything
  // else is the wait of a paced run. `clock` returns seconds and never goes back.
  double work(double (*clock)(), double deadline);
  // A monotonic clock, by which operations are timed while the tape is shown. Without it they are not.
  void set_op_clock(uint64_t (*now_ns)()) { op_clock_ = now_ns; }

  // The oldest message for the page (message.hpp), or false.
  bool next_message(std::vector<uint8_t>& out);

  const ExperimentSpec& spec() const { return spec_; }
  const Trainer& trainer() const { return trainer_; }
  // What a snapshot message with these parts holds. Good until the next call.
  const Snapshot& snapshot(const SnapshotRequest& request);

 private:
  // How far an unfinished `step` or `advance` has to go.
  struct Goal {
    uint32_t id = 0;
    StepUnit unit = StepUnit::phase;
    uint32_t left = 0;           // phases, batches or epochs
    std::optional<Phase> until;  // or this phase, once more
  };

  Result<void> carry_out(const Command& command);
  Result<void> express(const Command& command);
  Result<void> play();
  Result<void> set(const Command& command);
  Result<void> become(const ExperimentSpec& spec, bool digits_named, const Command& command);
  Result<void> use_digits(std::unique_ptr<Digits> digits, const ExperimentSpec& spec);
  Result<void> settle();
  Result<void> load_file(const Command& command);
  Result<void> save_file(FileKind kind);
  bool has_data_of(const ExperimentSpec& spec) const {
    return has_points(spec.data) || store_.has(spec.digits);
  }
  bool wait_for(const ExperimentSpec& spec, const Command& command);
  Result<void> first_model(std::string& refused);
  bool answered_later(const Command& command) const;
  Result<void> go_back(StepUnit unit, uint32_t count);
  Result<void> recover();
  Result<void> rebuild(const ExperimentSpec& spec);
  void forget_findings();
  void start_tool(const Command& command);
  void stop_tool(const std::string& sentence);
  void pursue(const Command& command);
  void settle_goal();
  void take_recorded_rate();
  void rest();
  bool busy() const { return running_ || goal_.has_value(); }
  std::optional<Phase> advance();
  bool goal_reached(Phase done, uint32_t epochs_before);
  double pace_wait(double now);
  void measure(double before, double after, std::optional<Phase> done);
  void answer(uint32_t id, const std::string& error);
  void send_snapshot(const SnapshotRequest& request);
  uint32_t reusable_parts(const SnapshotRequest& request) const;
  bool shows_whole_batch(double late) const;
  bool hurries() const { return busy() && !waits_; }
  std::vector<uint8_t>& new_message();

  ExperimentSpec spec_;
  DigitStore store_;
  std::unique_ptr<Digits> digits_;  // of spec_; null before there are any
  Trainer trainer_;
  RunLog log_;                       // of the run of trainer_
  std::deque<Command> before_data_;  // came before the first digits, and wait for them
  std::optional<Command> waiting_;   // a `set` whose digits are on their way
  bool wants_digits_ = false;
  std::unique_ptr<Tool> tool_;  // at work instead of training
  uint32_t tool_id_ = 0;        // of its command
  Findings findings_;
  std::optional<ExpressionRun> expression_;
  bool running_ = false;
  std::optional<Goal> goal_;
  float speed_ = 0;    // batches per second; 0: no limit
  std::string error_;  // the last thing that was refused
  std::string note_;   // on the last command

  double next_phase_at_ = 0;  // of a paced run
  bool waits_ = false;        // a paced run waits, so there is time for costly parts
  double rate_from_ = 0;      // the window over which images per second are counted
  uint64_t rate_images_ = 0;
  float images_per_second_ = 0;

  // The last request that was answered. Its parts are sent again only when `changes_` has moved.
  std::optional<SnapshotRequest> sent_;
  uint64_t changes_ = 0, sent_changes_ = 0;
  // Parts of a pace: how often they are made, and the last request that got them (none after a
  // command that may change them), the batches done by then, and the time that work() had read.
  struct Made {
    uint32_t parts;
    uint64_t least_batches;
    double least_seconds;
    std::optional<SnapshotRequest> request = {};
    uint64_t batch = 0;
    double at = 0;
  };
  Made costly_{kCostlyParts, kCostlyBatches, kCostlySeconds};
  Made rare_{kRareParts, kRareBatches, kRareSeconds};
  double worked_at_ = 0;

  std::deque<std::vector<uint8_t>> outbox_;
  std::vector<uint8_t> spare_;  // the memory of a fetched message, reused for the next one
  Snapshot scratch_;            // reused, so that answering allocates nothing once it has grown
  std::vector<float> probe_scratch_;
  InspectionView inspection_{trainer_};
  TapeViewer tape_{trainer_};
  uint64_t (*op_clock_)() = nullptr;
  bool times_tape_ = false;  // the tape is shown, so its operations are timed
};

}  // namespace downhill
