#include "ui/shown.hpp"

namespace downhill::ui {
namespace {

constexpr double kHoldSeconds = 0.2;
// What goes on with every snapshot; tools publish while nothing trains.
constexpr uint32_t kLiveParts = kPartCurves | kPartWeights | kPartFindings;
// Parts that the engine makes anew only now and then stand for themselves.
constexpr uint32_t kCalmParts = kAllSnapshotParts & ~kLiveParts & ~kCostlyParts;

}  // namespace

// Everything but the history of steps, which may be long: of that the last one, for its learning
// rate.
void Shown::hold(const Snapshot& live) {
  held_.status = live.status;
  held_.spec = live.spec;
  held_.parameters = live.parameters;
  held_.batch = live.batch;
  held_.baseline = live.baseline;
  held_.probe = live.probe;
  held_.evaluation = live.evaluation;
  held_.examples = live.examples;
  held_.inspection = live.inspection;
  held_.sample_gradient = live.sample_gradient;
  held_.statistics = live.statistics;
  held_.parts = live.parts;
  held_.curves.generation = live.curves.generation;
  held_.curves.epochs = live.curves.epochs;
  held_.curves.marks = live.curves.marks;
  held_.curves.steps.clear();
  if (!live.curves.steps.empty()) held_.curves.steps.push_back(live.curves.steps.back());
}

const Snapshot& Shown::update(const Snapshot& live, uint64_t id, double time) {
  const bool news = id != live_id_;
  live_id_ = id;
  if (!too_fast_for_eyes(live.status)) {
    held_since_ = -1;
    calm_id_ = id;
    return live;
  }
  // What has just come on the stage is shown at once, and so is a change of model.
  const bool complete = (live.kept & kCalmParts) == 0;
  const bool due = held_since_ < 0 || (complete && time - held_since_ >= kHoldSeconds) ||
                   held_.parts != live.parts ||
                   held_.parameters.values.size() != live.parameters.values.size();
  if (due && news) {
    hold(live);
    held_since_ = time;
    calm_id_ = id;
  } else if (news) {
    held_.parameters.values = live.parameters.values;
  }
  return held_;
}

uint32_t Shown::patient_parts(double time) const {
  const bool holds = held_since_ >= 0 && time - held_since_ < kHoldSeconds;
  return holds ? kAllSnapshotParts & ~kLiveParts : 0;
}

}  // namespace downhill::ui
