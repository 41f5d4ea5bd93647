#include "session/race.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <utility>

#include "base/text.hpp"

namespace downhill {
namespace {

// Decades below the rate, and lanes. A good rate may be a hundred times too small to diverge.
constexpr int kBelow = 2, kDefaultLanes = 6;
constexpr double kAskSeconds = 1;  // at the least: an engine that is not asked need not answer
constexpr float kUnknown = std::numeric_limits<float>::quiet_NaN();

// With three significant digits, as a label shows it.
float tidy(double lr) {
  char digits[32];
  std::snprintf(digits, sizeof digits, "%.2e", lr);
  const Result<float> read = parse_float(digits);
  return read ? *read : 0.0f;
}

double power_of_ten(int decades) {
  double power = 1;
  for (int i = 0; i < std::abs(decades); ++i) power *= 10;
  return decades < 0 ? 1 / power : power;
}

bool possible(float lr) { return lr >= kMinLr && lr <= kMaxLr; }

}  // namespace

std::vector<float> race_rates(float lr) {
  const auto rate = [&](int decades) {
    return tidy(static_cast<double>(lr) * power_of_ten(decades));
  };
  int first = -kBelow;
  while (!possible(rate(first))) ++first;
  while (!possible(rate(first + kDefaultLanes - 1))) --first;
  std::vector<float> lrs;
  for (int i = 0; i < kDefaultLanes; ++i) lrs.push_back(rate(first + i));
  return lrs;
}

ExperimentSpec Race::spec_of(const RaceLane& lane) const {
  ExperimentSpec spec = view_.spec;
  spec.lr = lane.lr;
  return spec;
}

Result<void> Race::begin(const ExperimentSpec& spec, const RaceOrder& order, uint32_t cores,
                         double now) {
  std::vector<float> lrs = order.lrs.empty() ? race_rates(spec.lr) : order.lrs;
  std::ranges::sort(lrs);
  if (lrs.size() > kMaxRaceLanes) return Error{"[race] there are too many rates"};
  cancel();
  RaceView fresh;
  fresh.number = view_.number + 1;
  fresh.version = view_.version + 1;
  view_ = std::move(fresh);
  view_.going = true;
  view_.spec = spec;
  view_.spec.epochs = order.epochs;
  view_.spec.stop = {};
  view_.cores = std::max(1u, cores);
  view_.at_once = order.engines == 0 ? view_.cores : std::min(order.engines, view_.cores);
  view_.at_once = std::min(view_.at_once, static_cast<uint32_t>(lrs.size()));
  for (const float lr : lrs) {
    RaceLane lane;
    lane.lr = lr;
    lane.loss = lane.valid_loss = lane.valid_accuracy = kUnknown;
    view_.lanes.push_back(std::move(lane));
  }
  began_ = updated_ = asked_ = now;
  next_lane_ = 0;
  fill();
  return {};
}

void Race::cancel() {
  engines_.clear();
  if (!view_.going) return;
  for (RaceLane& lane : view_.lanes) {
    if (!lane.over()) lane.state = LaneState::cancelled;
  }
  view_.going = false;
  ++view_.version;
}

void Race::update(double now, bool ask) {
  if (!view_.going) return;
  view_.seconds = now - began_;
  const double passed = now - std::exchange(updated_, now);
  ask = ask || now - asked_ >= kAskSeconds;
  if (ask) asked_ = now;
  for (Engine& engine : engines_) {
    if (ask) {
      engine.client.update();
    } else {
      engine.client.poll();
    }
    follow(engine);
    if (engine.free || !engine.client.hangs(passed)) continue;
    engine.hangs = true;
    end_lane(engine, LaneState::failed, std::string(EngineClient::kHangs));
  }
  fill();
}

// Waiting lanes take over engines of finished lanes, with everything those have loaded.
void Race::fill() {
  for (Engine& engine : engines_) {
    if (engine.hangs && !engine.link->can_end_silent())
      abandoned_.push_back(std::move(engine.link));
  }
  std::erase_if(engines_, [](const Engine& engine) { return engine.gone; });
  const auto waiting = [this] { return next_lane_ < view_.lanes.size(); };
  for (Engine& engine : engines_) {
    if (engine.free && waiting()) prepare(engine, next_lane_++);
  }
  std::erase_if(engines_, [](const Engine& engine) { return engine.free; });
  while (waiting() && engines_.size() < view_.at_once) {
    prepare(engines_.emplace_back(start_()), next_lane_++);
  }
  if (!engines_.empty()) return;
  view_.going = false;
  ++view_.version;
}

void Race::prepare(Engine& engine, size_t lane) {
  engine.lane = lane;
  engine.free = engine.ready = false;
  engine.done_id = 0;
  Command set;
  set.kind = CommandKind::set;
  set.edits = print_spec(spec_of(view_.lanes[lane]));
  engine.ready_id = engine.client.send(std::move(set));
  if (engine.used) {  // a new rate alone would continue the run of the engine's last lane
    Command reset;
    reset.kind = CommandKind::reset;
    engine.ready_id = engine.client.send(std::move(reset));
  }
  engine.used = true;
  engine.client.subscribe(kPartCurves);
  view_.lanes[lane].state = LaneState::starting;
  ++view_.version;
}

// Called only when the engine is set up: before its digits arrive it would train on other digits.
void Race::train(Engine& engine) {
  Command step;
  step.kind = CommandKind::step;
  step.unit = StepUnit::epoch;
  step.count = view_.spec.epochs;
  engine.done_id = engine.client.send(std::move(step));
}

void Race::follow(Engine& engine) {
  if (const std::string gone = engine.client.failure(); !gone.empty()) {
    end_lane(engine, LaneState::failed, gone);
    return;
  }
  bool done = false;
  for (const Answer& answer : engine.client.take_answers()) {
    if (!answer.error.empty()) {
      end_lane(engine, LaneState::failed, answer.error);
      return;
    }
    if (answer.id == engine.ready_id) {
      engine.ready = true;
      train(engine);
    }
    done = done || answer.id == engine.done_id;
  }
  const Snapshot& snapshot = engine.client.snapshot();
  const Status& status = snapshot.status;
  if (!engine.ready || !status.ready || engine.seen == engine.client.snapshots_received()) return;
  engine.seen = engine.client.snapshots_received();
  ++view_.version;
  RaceLane& lane = view_.lanes[engine.lane];
  if (!(snapshot.spec == spec_of(lane))) {  // its digits did not come, or do not fit the model
    end_lane(engine, LaneState::failed,
             status.error.empty() ? "[race] the engine trains something else" : status.error);
    return;
  }
  take_numbers(engine, lane);
  const bool diverged = status.health == Health::diverged;
  if (done) {
    const bool stuck = status.health == Health::saturated;
    end_lane(engine,
             diverged ? LaneState::diverged
             : stuck  ? LaneState::stuck
                      : LaneState::done,
             status.diagnosis);
  } else {
    lane.state = LaneState::running;
    lane.trouble = diverged ? status.diagnosis : "";
  }
}

void Race::take_numbers(const Engine& engine, RaceLane& lane) {
  const Snapshot& snapshot = engine.client.snapshot();
  const Status& status = snapshot.status;
  const uint64_t batches = status.batches_per_epoch;
  view_.steps = batches * view_.spec.epochs;
  lane.step = status.step;
  lane.epoch = status.epoch;
  lane.loss = status.train_loss;
  lane.valid_loss = status.valid_loss;
  lane.valid_accuracy = status.valid_accuracy;
  const uint64_t epoch_images =
      view_.spec.drop_last ? batches * view_.spec.batch : uint64_t{status.train_count};
  const uint64_t images = epoch_images * status.epoch + uint64_t{status.batch} * view_.spec.batch;
  lane.images_per_second =
      status.training_seconds > 0
          ? static_cast<float>(static_cast<double>(images) / status.training_seconds)
          : 0.0f;
  const std::vector<CurvePoint>& steps = snapshot.curves.steps;
  if (steps.size() < lane.losses.size()) lane.losses.clear();  // all points are sent again
  for (size_t i = lane.losses.size(); i < steps.size(); ++i) lane.losses.push_back(steps[i].loss);
}

void Race::end_lane(Engine& engine, LaneState state, std::string trouble) {
  RaceLane& lane = view_.lanes[engine.lane];
  lane.state = state;
  lane.trouble = std::move(trouble);
  engine.free = true;
  engine.gone = state == LaneState::failed;
  ++view_.version;
}

}  // namespace downhill
