// How a session works: it trains in slices, at the speed that was asked for; while a tool is at
// work, training rests.
#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "session/session.hpp"

namespace downhill {

namespace {
constexpr double kForever = std::numeric_limits<double>::infinity();
constexpr double kRateWindow = 0.5;  // seconds over which images per second are counted
// A paced run that was held up makes up for at most this many seconds.
constexpr double kMaxCatchUp = 0.25;
}  // namespace

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

// Ends an unfinished command in favour of a newer one. It has done what it could, so it is answered
// without an error.
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

// Also a tool that is stopped half-way leaves the run as it was. An empty sentence: it is done.
void Session::stop_tool(const std::string& sentence) {
  if (!tool_) return;
  tool_->publish(findings_);
  tool_.reset();
  answer(tool_id_, sentence.empty() ? sentence : "[tool] " + sentence);
}

double Session::work(double (*clock)(), double deadline) {
  double now = worked_at_ = clock();
  waits_ = false;
  trainer_.time_operations(times_tape_ ? op_clock_ : nullptr);
  while (tool_) {
    ++changes_;
    if (!tool_->advance()) stop_tool("");
    now = worked_at_ = clock();
    if (now >= deadline) return tool_ || busy() || trainer_.testing_beside() ? 0 : kForever;
  }
  while (digits_) {
    const double wait = busy() ? pace_wait(now) : kForever;
    if (wait > 0) {
      waits_ = busy();
      if (!trainer_.testing_beside()) return wait;
      if (trainer_.test_part()) ++changes_;  // there is nothing else to do
      now = worked_at_ = clock();
      if (now >= deadline) return 0;
      continue;
    }
    const std::optional<Phase> done = advance();
    if (done) ++changes_;
    const double after = clock();
    measure(now, after, done);
    now = worked_at_ = after;
    if (now >= deadline && shows_whole_batch(now - deadline))
      return busy() || trainer_.testing_beside() ? 0 : kForever;
  }
  return kForever;
}

// Whether a slice may end here that is late by so many seconds. What a run at full speed shows
// between two slices is of one batch, if its phases are short.
bool Session::shows_whole_batch(double late) const {
  constexpr double kPatience = 0.02;
  const Phase phase = trainer_.phase();
  const bool within = phase >= Phase::predict && phase < Phase::step;
  return !within || !hurries() || late >= kPatience;
}

// Does a phase, or a part of a test and then returns nothing. A run at full speed goes on beside
// its tests; when phases are counted or shown in slow motion, a test ends before the next phase.
std::optional<Phase> Session::advance() {
  const uint32_t epochs_before = trainer_.epochs_done();
  const std::optional<Phase> done =
      trainer_.advance_in_parts(running_ && speed_ <= 0 ? TestTime::beside : TestTime::at_once);
  if (done) tape_.after(*done, times_tape_ && op_clock_ != nullptr);
  if (done && (*done == Phase::stop || (goal_ && goal_reached(*done, epochs_before)))) rest();
  return done;
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
  if (trainer_.testing() && !trainer_.testing_beside()) return 0;  // a phase that has begun
  const double interval = 1.0 / (static_cast<double>(speed_) * Trainer::kPhasesPerBatch);
  if (now < next_phase_at_) return std::min(next_phase_at_ - now, interval);
  next_phase_at_ = std::max(next_phase_at_ + interval, now - kMaxCatchUp);
  return 0;
}

void Session::measure(double before, double after, std::optional<Phase> done) {
  trainer_.add_training_seconds(after - before);
  if (!busy()) return;
  if (rate_images_ == 0) rate_from_ = before;
  if (done == Phase::step || rate_images_ == 0) rate_images_ += trainer_.batch().size;
  if (!done || after - rate_from_ < kRateWindow) return;
  images_per_second_ = static_cast<float>(static_cast<double>(rate_images_) / (after - rate_from_));
  rate_images_ = 0;
}

}  // namespace downhill
