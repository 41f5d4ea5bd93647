#include "session/session.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "base/text.hpp"
#include "session/message.hpp"
#include "session/snapshot_view.hpp"

namespace downhill {

namespace {
constexpr uint32_t kSide = 28;  // pixels; snapshots hold images and first-layer weights of 784
constexpr double kForever = std::numeric_limits<double>::infinity();
constexpr double kRateWindow = 0.5;  // seconds over which images per second are counted
constexpr double kMaxCatchUp =
    0.25;  // a paced run that was held up does not race to make good more than this
constexpr float kGentler = 0.1f;  // of a rate that diverged
}  // namespace

Result<void> Session::load(DataBytes bytes) {
  Result<DigitData> data =
      read_digit_data(std::move(bytes.train_images), bytes.train_labels,
                      std::move(bytes.valid_images), bytes.valid_labels, spec_.digits);
  if (!data) return data.error();
  return load(std::move(*data));
}

Result<void> Session::load(DigitData data) {
  for (const Dataset* set : {&data.train, &data.valid}) {
    if (set->size() == 0) return Error{"[data] there are no images"};
    if (set->rows() == kSide && set->cols() == kSide) continue;
    return Error{"[data] images are " + print(uint64_t{set->rows()}) + " × " +
                 print(uint64_t{set->cols()}) + " where 28 × 28 was expected"};
  }
  data_ = std::move(data);
  baseline_ = std::make_unique<PixelBaseline>(data_->train);
  baseline_l1_ = baseline_->score(data_->valid, Distance::l1);
  baseline_l2_ = baseline_->score(data_->valid, Distance::l2);
  if (Result<void> built = rebuild(spec_); !built) return built;
  while (!before_data_.empty()) {
    const Command command = std::move(before_data_.front());
    before_data_.pop_front();
    receive(command);
  }
  return {};
}

Result<void> Session::rebuild(const ExperimentSpec& spec) {
  spec_ = spec;
  if (!data_) return {};
  return trainer_.rebuild(spec_, data_->train, data_->valid);
}

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
  if (needs_data && !data_) {
    before_data_.push_back(command);
    return;
  }
  const Result<void> done = carry_out(command);
  error_ = done ? "" : done.error().message;
  const bool answered_later =
      done && goal_ && goal_->id == command.id &&
      (command.kind == CommandKind::step || command.kind == CommandKind::advance);
  if (!answered_later) answer(command.id, error_);
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
      return set(command.edits);
    case CommandKind::speed:
      speed_ = command.speed;
      return {};
    case CommandKind::recover:
      return recover();
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

Result<void> Session::set(const std::string& edits) {
  const Result<ExperimentSpec> edited = edit_spec(spec_, edits);
  if (!edited) return edited.error();
  const bool new_run = needs_rebuild(spec_, *edited);
  if (!data_) {
    spec_ = *edited;
  } else if (new_run) {
    settle_goal();
    return rebuild(*edited);
  } else {
    spec_ = *edited;
    trainer_.apply_live(spec_);
  }
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

double Session::work(double (*clock)(), double deadline) {
  double now = clock();
  while (data_ && busy()) {
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
  Status& status = out.status;
  status = Status{};
  status.ready = data_.has_value();
  status.running = busy();
  status.error = error_;
  status.speed = speed_;
  status.images_per_second = images_per_second_;
  if (!data_) return out;
  view_status(trainer_, status);
  status.train_count = data_->train.size();
  status.valid_count = data_->valid.size();
  status.baseline_accuracy = baseline_l1_.accuracy;
  status.baseline_accuracy_l2 = baseline_l2_.accuracy;
  out.parts = request.parts;
  if (request.parts & kPartCurves) view_curves(trainer_.recorder(), request, out.curves);
  view_parameters(trainer_, request.parts, out.parameters);
  if (request.parts & kPartBatch) view_batch(trainer_, data_->train, request.max_images, out.batch);
  if (request.parts & kPartBaseline) view_baseline(*baseline_, out.baseline);
  out.probe.reset();
  if (request.parts & kPartProbe)
    out.probe = view_probe(trainer_, request.probe_parameter, probe_scratch_);
  out.digest = request.parts & kPartDigest ? weights_digest(trainer_) : 0;
  return out;
}

}  // namespace downhill
