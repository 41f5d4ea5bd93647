#include "session/session.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/query_text.hpp"
#include "nn/state_dict.hpp"
#include "session/message.hpp"
#include "session/model_files.hpp"
#include "session/snapshot_view.hpp"

namespace downhill {

namespace {
constexpr double kForever = std::numeric_limits<double>::infinity();
constexpr double kRateWindow = 0.5;  // seconds over which images per second are counted
constexpr double kMaxCatchUp =
    0.25;  // a paced run that was held up does not race to make good more than this
constexpr float kGentler = 0.1f;  // of a rate that diverged

// Whether edits choose the digits, be they those that are there already.
bool names_digits(std::string_view edits) {
  if (edits.starts_with('#') || edits.starts_with('?')) edits.remove_prefix(1);
  const auto items = parse_query(edits, "set");
  return items && std::ranges::count(*items, "digits", &QueryItem::name) > 0;
}
}  // namespace

// ---- data

Result<void> Session::load(DataBytes bytes) {
  if (Result<void> taken = store_.take(std::move(bytes)); !taken) return taken;
  return settle();
}

Result<void> Session::load(DigitData data) {
  Result<std::unique_ptr<Digits>> digits = DigitStore::around(std::move(data));
  if (!digits) return digits.error();
  if (Result<void> used = use_digits(std::move(*digits), spec_); !used) return used;
  return settle();
}

// Does what waited for data: the first model, a change of digits, and commands that came too early.
Result<void> Session::settle() {
  if (!digits_ && !store_.has(spec_.digits)) {
    wants_digits_ = true;
    return {};
  }
  std::string refused;
  if (!digits_) {
    if (Result<void> first = first_model(refused); !first) return first;
  }
  wants_digits_ = false;
  if (waiting_) {
    const Command command = std::move(*waiting_);
    waiting_.reset();
    receive(command);
  }
  while (!before_data_.empty()) {
    const Command command = std::move(before_data_.front());
    before_data_.pop_front();
    receive(command);
  }
  if (!refused.empty()) error_ = refused;
  return {};
}

// A link may ask for what these images do not allow, such as a last batch of one image for batch
// norm: then the usual model learns from them, and the page says why.
Result<void> Session::first_model(std::string& refused) {
  Result<std::unique_ptr<Digits>> digits = store_.make(spec_.digits);
  if (!digits) return digits.error();
  const Result<void> used = use_digits(std::move(*digits), spec_);
  if (used) return used;
  ExperimentSpec usual;
  usual.digits = spec_.digits;
  digits = store_.make(usual.digits);
  if (!digits) return digits.error();
  refused = used.error().message;
  return use_digits(std::move(*digits), usual);
}

void Session::digits_failed(const std::string& sentence) {
  if (!wants_digits_) return;
  wants_digits_ = false;
  error_ = sentence;
  if (waiting_) answer(waiting_->id, sentence);
  waiting_.reset();
  // A link asked for them at the start: the usual digits are shown instead.
  if (digits_ || !store_.has(ExperimentSpec{}.digits)) return;
  spec_.digits = ExperimentSpec{}.digits;
  if (Result<void> settled = settle(); !settled) {
    error_ = settled.error().message;
    return;
  }
  error_ = sentence;
}

// The trainer points into the digits: they go only when it has been built on others.
Result<void> Session::use_digits(std::unique_ptr<Digits> digits, const ExperimentSpec& spec) {
  if (Result<void> built = trainer_.rebuild(spec, digits->data.train, digits->data.valid); !built) {
    return built;
  }
  digits_ = std::move(digits);
  spec_ = spec;
  forget_findings();
  return {};
}

Result<void> Session::rebuild(const ExperimentSpec& spec) {
  if (!digits_) {
    spec_ = spec;
    return {};
  }
  if (spec.digits != digits_->data.train.digits()) {
    Result<std::unique_ptr<Digits>> digits = store_.make(spec.digits);
    if (!digits) return digits.error();
    return use_digits(std::move(*digits), spec);
  }
  if (Result<void> built = trainer_.rebuild(spec, digits_->data.train, digits_->data.valid);
      !built) {
    return built;
  }
  spec_ = spec;
  forget_findings();
  return {};
}

// They were of another model, or of other weights.
void Session::forget_findings() {
  findings_ = {};
  inspection_.forget();
}

// ---- commands

void Session::receive(const uint8_t* bytes, size_t size) {
  const Result<Command> command = decode_command(bytes, size);
  if (!command) {
    error_ = command.error().message;
    return;
  }
  receive(*command);
}

void Session::receive(const Command& command) {
  if (command.kind == CommandKind::snapshot) {
    send_snapshot(command.request);
    return;
  }
  const bool needs_data = command.kind != CommandKind::set && command.kind != CommandKind::speed &&
                          command.kind != CommandKind::pause;
  if (needs_data && !digits_) {
    before_data_.push_back(command);
    return;
  }
  if (command.kind != CommandKind::speed) stop_tool("a newer command took its place");
  const Result<void> done = carry_out(command);
  error_ = done ? "" : done.error().message;
  if (done && answered_later(command)) return;
  answer(command.id, error_);
}

// Whoever sent it is answered when it is done.
bool Session::answered_later(const Command& command) const {
  if (waiting_ && waiting_->id == command.id && waiting_->kind == command.kind) return true;
  if (tool_ && tool_id_ == command.id) return true;
  return goal_ && goal_->id == command.id &&
         (command.kind == CommandKind::step || command.kind == CommandKind::advance);
}

Result<void> Session::carry_out(const Command& command) {
  switch (command.kind) {
    case CommandKind::play:
      return play();
    case CommandKind::pause:
      rest();
      return {};
    case CommandKind::step:
      pursue(command);
      return {};
    case CommandKind::advance:
      if (command.phase == Phase::initialize) {
        rest();
        return rebuild(spec_);
      }
      pursue(command);
      return {};
    case CommandKind::back:
      return go_back(command.unit, command.count);
    case CommandKind::reset: {
      rest();
      ExperimentSpec spec = spec_;
      if (command.seed) spec.seed = *command.seed;
      return rebuild(spec);
    }
    case CommandKind::set:
      return set(command);
    case CommandKind::speed:
      speed_ = command.speed;
      return {};
    case CommandKind::recover:
      return recover();
    case CommandKind::find_lr:
    case CommandKind::sharpness:
    case CommandKind::loss_line:
      start_tool(command);
      return {};
    case CommandKind::save:
      encode_message(write_file(trainer_, command.file), outbox_.emplace_back());
      return {};
    case CommandKind::load:
      return load_file(command);
    case CommandKind::snapshot:
      break;
  }
  return {};
}

Result<void> Session::play() {
  if (!trainer_.can_continue()) {
    return Error{
        "[play] the loss is not a finite number, going on would not mend it: go back, or reset"};
  }
  settle_goal();
  running_ = true;
  return {};
}

Result<void> Session::set(const Command& command) {
  const Result<ExperimentSpec> edited = edit_spec(spec_, command.edits);
  if (!edited) return edited.error();
  if (waiting_ && names_digits(command.edits)) {
    answer(waiting_->id, "[set] a newer choice took its place");
    waiting_.reset();
    wants_digits_ = false;
  }
  if (digits_ && edited->digits != spec_.digits && wait_for(edited->digits, command)) return {};
  if (!digits_) {
    spec_ = *edited;
    if (wants_digits_ && store_.has(spec_.digits)) return settle();
  } else if (needs_rebuild(spec_, *edited)) {
    settle_goal();
    return rebuild(*edited);
  } else {
    spec_ = *edited;
    trainer_.apply_live(spec_);
  }
  return {};
}

// True when these digits are not here: the command is carried out when they are.
bool Session::wait_for(std::string_view digits, const Command& command) {
  if (store_.has(digits)) return false;
  if (waiting_) answer(waiting_->id, "[digits] a newer choice took its place");
  waiting_ = command;
  wants_digits_ = true;
  return true;
}

Result<void> Session::load_file(const Command& command) {
  const Result<TensorFile> file = read_safetensors(command.bytes, "file");
  if (!file) return file.error();
  if (!has_run(*file)) {
    const Result<ModelState> state = read_state_dict(trainer_.model(), *file);
    if (!state) return state.error();
    rest();
    trainer_.start_from(state->values, state->buffers);
    forget_findings();
    return {};
  }
  const Result<RunRecord> record = read_run(*file);
  if (!record) return record.error();
  const bool same_digits = record->spec.digits == spec_.digits;
  if (!same_digits && wait_for(record->spec.digits, command)) return {};
  rest();
  std::unique_ptr<Digits> digits;
  if (!same_digits) {
    Result<std::unique_ptr<Digits>> made = store_.make(record->spec.digits);
    if (!made) return made.error();
    digits = std::move(*made);
  }
  const DigitData& data = same_digits ? digits_->data : digits->data;
  if (Result<void> resumed = trainer_.resume(*record, data.train, data.valid); !resumed) {
    return resumed;
  }
  if (digits) digits_ = std::move(digits);
  spec_ = record->spec;
  forget_findings();
  return {};
}

Result<void> Session::go_back(StepUnit unit, uint32_t count) {
  rest();
  const uint64_t size = unit == StepUnit::phase ? 1
                        : unit == StepUnit::batch
                            ? Trainer::kPhasesPerBatch
                            : Trainer::kPhasesPerBatch * trainer_.batches_per_epoch();
  const uint64_t here = trainer_.position();
  if (here == 0) return Error{"[back] this is the beginning of the run"};
  // From the middle of a unit the first one back is its own beginning.
  const uint64_t units = (here + size - 1) / size;
  trainer_.go_back(units > count ? (units - count) * size : 0);
  spec_.lr = trainer_.spec().lr;
  return {};
}

Result<void> Session::recover() {
  const Trouble trouble = trainer_.trouble();
  if (trouble.health == Health::fine)
    return Error{"[recover] nothing has gone wrong that is known"};
  rest();
  const float diverged = spec_.lr;
  trainer_.go_back(uint64_t{trouble.good_step} * Trainer::kPhasesPerBatch);
  spec_.lr = trainer_.spec().lr;
  // If that rate was in force all along, going on with it would end in the same place.
  if (spec_.lr >= diverged) {
    spec_.lr = std::max(kMinLr, diverged * kGentler);
    trainer_.apply_live(spec_);
  }
  return {};
}

void Session::pursue(const Command& command) {
  rest();
  Goal goal{command.id, command.unit, command.count, std::nullopt};
  if (command.kind == CommandKind::advance) goal.until = command.phase;
  goal_ = goal;
}

void Session::rest() {
  running_ = false;
  settle_goal();
  rate_images_ = 0;
  images_per_second_ = 0;
}

// A newer command takes the place of an unfinished one, which has then done what it could.
void Session::settle_goal() {
  if (!goal_) return;
  answer(goal_->id, "");
  goal_.reset();
}

void Session::start_tool(const Command& command) {
  rest();
  tool_ = make_tool(command.kind, trainer_);
  tool_id_ = command.id;
}

// Half-way too, the tool leaves the run as it was. An empty sentence: it is done.
void Session::stop_tool(const std::string& sentence) {
  if (!tool_) return;
  tool_->publish(findings_);
  tool_.reset();
  answer(tool_id_, sentence.empty() ? sentence : "[tool] " + sentence);
}

double Session::work(double (*clock)(), double deadline) {
  double now = clock();
  while (tool_) {
    if (!tool_->advance()) stop_tool("");
    now = clock();
    if (now >= deadline) return tool_ || busy() ? 0 : kForever;
  }
  while (digits_ && busy()) {
    if (const double wait = pace_wait(now); wait > 0) return wait;
    advance();
    const double after = clock();
    measure(now, after);
    now = after;
    if (now >= deadline) return busy() ? 0 : kForever;
  }
  return kForever;
}

void Session::advance() {
  const uint32_t epochs_before = trainer_.epochs_done();
  const Phase done = trainer_.advance();
  if (done == Phase::stop) {
    rest();
  } else if (goal_ && goal_reached(done, epochs_before)) {
    rest();
  }
}

bool Session::goal_reached(Phase done, uint32_t epochs_before) {
  if (goal_->until) return done == *goal_->until;
  const bool counts = goal_->unit == StepUnit::phase ||
                      (goal_->unit == StepUnit::batch && done == Phase::repeat) ||
                      (goal_->unit == StepUnit::epoch && trainer_.epochs_done() > epochs_before);
  if (counts) --goal_->left;
  return goal_->left == 0;
}

// A paced run spreads its phases evenly, so that slow motion shows each of them.
double Session::pace_wait(double now) {
  if (!running_ || speed_ <= 0) {
    next_phase_at_ = now;
    return 0;
  }
  const double interval = 1.0 / (static_cast<double>(speed_) * Trainer::kPhasesPerBatch);
  if (now < next_phase_at_) return std::min(next_phase_at_ - now, interval);
  next_phase_at_ = std::max(next_phase_at_ + interval, now - kMaxCatchUp);
  return 0;
}

void Session::measure(double before, double after) {
  trainer_.add_training_seconds(after - before);
  if (!busy()) return;
  if (rate_images_ == 0) rate_from_ = before;
  if (trainer_.phase() == Phase::step || rate_images_ == 0) rate_images_ += trainer_.batch().size;
  if (after - rate_from_ < kRateWindow) return;
  images_per_second_ = static_cast<float>(static_cast<double>(rate_images_) / (after - rate_from_));
  rate_images_ = 0;
}

void Session::answer(uint32_t id, const std::string& error) {
  if (id == 0) return;
  encode_message(Answer{id, error}, outbox_.emplace_back());
}

bool Session::next_message(std::vector<uint8_t>& out) {
  if (outbox_.empty()) return false;
  out.swap(outbox_.front());
  outbox_.pop_front();
  return true;
}

void Session::send_snapshot(const SnapshotRequest& request) {
  encode_message(snapshot(request), outbox_.emplace_back());
}

const Snapshot& Session::snapshot(const SnapshotRequest& request) {
  Snapshot& out = scratch_;
  out.spec = spec_;
  out.parts = 0;
  out.probe.reset();
  out.inspection.reset();
  Status& status = out.status;
  status = Status{};
  status.ready = digits_ != nullptr;
  status.loading = wants_digits_;
  status.running = busy();
  status.error = error_;
  status.speed = speed_;
  status.images_per_second = images_per_second_;
  if (!digits_) return out;
  if (tool_) {
    status.busy_with = tool_->name();
    tool_->publish(findings_);
  }
  view_status(trainer_, status);
  status.valid_count = digits_->data.valid.size();
  status.baseline_accuracy = digits_->score_l1.accuracy;
  status.baseline_accuracy_l2 = digits_->score_l2.accuracy;
  out.parts = request.parts;
  view_parts(trainer_, *digits_->baseline, request, probe_scratch_, out);
  inspection_.view(request, out);
  if (request.parts & kPartFindings) out.findings = findings_;
  return out;
}

}  // namespace downhill
