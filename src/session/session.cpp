#include "session/session.hpp"

#include <algorithm>
#include <utility>

#include "base/query_text.hpp"
#include "base/text.hpp"
#include "session/message.hpp"
#include "session/snapshot_view.hpp"
#include "train/link_text.hpp"

namespace downhill {

namespace {
constexpr float kGentler = 0.1f;  // of a rate that diverged

// Whether edits name the data, even if they are the current ones.
bool names_digits(std::string_view edits) {
  if (edits.starts_with('?')) edits.remove_prefix(1);
  const auto items = parse_query(edits, "set");
  return items && (std::ranges::count(*items, "digits", &QueryItem::name) > 0 ||
                   std::ranges::count(*items, "data", &QueryItem::name) > 0);
}
}  // namespace

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
  if (about_expression(command.kind) || command.kind == CommandKind::tape) {
    ++changes_;
    costly_.request.reset();
    const Result<void> done = express(command);
    answer(command.id, done ? "" : done.error().message);
    return;
  }
  const bool needs_data = command.kind != CommandKind::set && command.kind != CommandKind::speed &&
                          command.kind != CommandKind::pause;
  ++changes_;
  costly_.request.reset();
  // A dial that is turned sends many of them, and what is rare does not depend on the rate.
  if (command.kind != CommandKind::set) rare_.request.reset();
  if (needs_data && !digits_) {
    before_data_.push_back(command);
    return;
  }
  if (command.kind != CommandKind::speed && command.kind != CommandKind::draw)
    stop_tool("a newer command took its place");
  note_.clear();
  const Result<void> done = carry_out(command);
  if (digits_) log_.look(spec_, trainer_.position(), trainer_.finished());
  error_ = done ? "" : done.error().message;
  if (done && answered_later(command)) return;
  answer(command.id, error_);
}

// True when the command is not done yet. Its answer comes when it is.
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
    case CommandKind::draw:
      if (has_points(spec_.data))
        return Error{"[draw] points are no images: a model of digits sees drawings, data=digits"};
      return inspection_.draw(command.draw);
    case CommandKind::save:
      return save_file(command.file);
    case CommandKind::load:
      return load_file(command);
    case CommandKind::expression:
    case CommandKind::expression_step:
    case CommandKind::expression_back:
    case CommandKind::expression_backward:
    case CommandKind::expression_value:
    case CommandKind::zero_grad:
    case CommandKind::tape:
    case CommandKind::snapshot:
    case CommandKind::race:
    case CommandKind::cancel_race:
    case CommandKind::show:
      break;  // not for here: see receive, and decode_command
  }
  return {};
}

// The expression has a tape of its own, and that of the run is only looked at. The run notices
// neither.
Result<void> Session::express(const Command& command) {
  if (command.kind == CommandKind::tape) {
    tape_.choose(command.tape);
    return {};
  }
  if (command.kind == CommandKind::expression) {
    if (!expression_) expression_.emplace();
    return expression_->read(command.text);
  }
  if (!expression_ || expression_->empty()) {
    return Error{"[" + std::string(command_name(command.kind)) +
                 "] there is no expression yet: send one with expression"};
  }
  switch (command.kind) {
    case CommandKind::expression_step:
      return expression_->step(command.count);
    case CommandKind::expression_back:
      return expression_->back(command.count);
    case CommandKind::expression_backward:
      return expression_->backward();
    case CommandKind::expression_value:
      return expression_->set_value(command.text, command.value);
    default:
      expression_->zero_grad();
      return {};
  }
}

Result<void> Session::play() {
  if (!trainer_.can_continue()) {
    return Error{
        "[play] the loss is not a finite number, and more steps cannot repair it: go back, or "
        "reset"};
  }
  settle_goal();
  running_ = true;
  return {};
}

// Edits that begin with '#' are a link: the whole experiment. What can be read of it is opened, and
// the answer says what cannot.
Result<void> Session::set(const Command& command) {
  if (!command.edits.starts_with('#')) {
    const Result<ExperimentSpec> edited = edit_spec(spec_, command.edits);
    if (!edited) return edited.error();
    return become(*edited, names_digits(command.edits), command);
  }
  const LinkedExperiment linked = read_link(command.edits);
  Result<void> done = become(linked.spec, true, command);
  const bool comes_later = waiting_ && waiting_->id == command.id;
  if (done && !comes_later && !linked.left_out.empty()) return Error{linked.left_out};
  return done;
}

Result<void> Session::become(const ExperimentSpec& spec, bool digits_named,
                             const Command& command) {
  if (waiting_ && digits_named) {
    answer(waiting_->id, "[set] a newer choice took its place");
    waiting_.reset();
    wants_digits_ = false;
  }
  if (digits_ && data_key(spec) != data_key(spec_) && wait_for(spec, command)) return {};
  if (!digits_) {
    spec_ = spec;
    if (wants_digits_ && has_data_of(spec_)) return settle();
  } else if (needs_rebuild(spec_, spec)) {
    settle_goal();
    return rebuild(spec);
  } else {
    spec_ = spec;
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
  // From the middle of a unit, one unit back is the beginning of that unit.
  const uint64_t units = (here + size - 1) / size;
  trainer_.go_back(units > count ? (units - count) * size : 0);
  take_recorded_rate();
  return {};
}

// The run is where another rate was on the dial, which then is the dial's again.
void Session::take_recorded_rate() {
  const float recorded = trainer_.spec().lr;
  if (recorded != spec_.lr)
    note_ =
        "The learning rate is " + print_rounded(recorded, 3) + " again, as it was at this step.";
  spec_.lr = recorded;
}

Result<void> Session::recover() {
  const Trouble trouble = trainer_.trouble();
  if (trouble.health == Health::fine)
    return Error{"[recover] nothing has gone wrong that is known"};
  if (trouble.health == Health::faulty)
    return Error{
        "[recover] a fault is switched on, and going back does not mend it: set fault=none"};
  rest();
  const float on_dial = spec_.lr;
  trainer_.go_back(uint64_t{trouble.good_step} * Trainer::kPhasesPerBatch);
  take_recorded_rate();
  // If the run had that rate from the start, it would go wrong again.
  const float wrong = spec_.schedule == ScheduleKind::constant ? trouble.lr : on_dial;
  if (spec_.lr >= wrong) {
    spec_.lr = std::max(kMinLr, wrong * kGentler);
    trainer_.apply_live(spec_);
    note_ = "The learning rate is now " + print_rounded(spec_.lr, 3) + ", a tenth of " +
            print_rounded(wrong, 3) + ", which was too large.";
  }
  return {};
}

void Session::answer(uint32_t id, const std::string& error) {
  if (id == 0) return;
  encode_message(Answer{id, error}, new_message());
}

std::vector<uint8_t>& Session::new_message() {
  return outbox_.emplace_back(std::exchange(spare_, {}));
}

bool Session::next_message(std::vector<uint8_t>& out) {
  if (outbox_.empty()) return false;
  out.swap(outbox_.front());
  if (outbox_.front().capacity() > spare_.capacity()) spare_.swap(outbox_.front());
  outbox_.pop_front();
  return true;
}

void Session::send_snapshot(const SnapshotRequest& request) {
  times_tape_ = request.parts & kPartTape;
  SnapshotRequest rest = request;
  const uint32_t reused = reusable_parts(request);
  rest.parts &= ~reused;
  snapshot(rest);
  scratch_.reused = digits_ ? reused : 0;
  encode_message(scratch_, new_message());
  for (Made* made : {&costly_, &rare_}) {
    if (rest.parts & made->parts) {
      made->request = request;
      made->batch = trainer_.batches_done();
      made->at = worked_at_;
    }
  }
  sent_ = request;
  sent_changes_ = changes_;
}

// The parts of a request that need not travel: the page holds them as they are, or nearly so.
// Curves always travel, since only their new points do.
uint32_t Session::reusable_parts(const SnapshotRequest& request) const {
  if (sent_ && sent_changes_ == changes_ && sent_->looks_like(request)) {
    return request.parts & ~uint32_t{kPartCurves};
  }
  if (!hurries()) return 0;
  uint32_t reusable = 0;
  for (const Made* made : {&costly_, &rare_}) {
    const bool soon = trainer_.batches_done() - made->batch < made->least_batches ||
                      worked_at_ - made->at < made->least_seconds;
    if (made->request && made->request->looks_like(request) && soon) reusable |= made->parts;
  }
  return request.parts & reusable;
}

const Snapshot& Session::snapshot(const SnapshotRequest& request) {
  Snapshot& out = scratch_;
  out.spec = spec_;
  out.reused = 0;
  out.parts = request.parts & kPartExpression;
  out.expression.reset();
  if (out.parts && expression_) out.expression = expression_->view();
  out.valley.reset();
  for_each_part([&](const auto& part) {
    if (part.unasked == Unasked::goes) part.place(out) = {};
  });
  out.drawing.reset();
  out.fit.reset();
  Status& status = out.status;
  status = Status{};
  status.ready = digits_ != nullptr;
  status.loading = wants_digits_;
  status.running = busy();
  status.note = note_;
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
  view_parts(trainer_, digits_->baseline.get(), request, probe_scratch_, out);
  inspection_.view(request, out);
  if (request.parts & kPartTape) out.tape = tape_.view(request);
  if (request.parts & kPartFindings) out.findings = findings_;
  return out;
}

}  // namespace downhill
