#include "ui/shown.hpp"

namespace downhill::ui {
namespace {

constexpr double kHoldSeconds = 0.2;
// The engine makes costly parts anew only now and then, so nothing waits for them.
constexpr uint32_t kCalmParts = kAllSnapshotParts & ~kLiveParts & ~kCostlyParts & ~kRareParts;

template <class Value>
void hold_part(Value& held, const Value& live) {
  held = live;
}

// The history of steps may be long. The last one is enough: it tells the learning rate.
void hold_part(Curves& held, const Curves& live) {
  held.generation = live.generation;
  held.epochs = live.epochs;
  held.marks = live.marks;
  held.steps.clear();
  if (!live.steps.empty()) held.steps.push_back(live.steps.back());
}

}  // namespace

void Shown::hold(const Snapshot& live) {
  held_.parts = live.parts;
  held_.reused = live.reused;
  held_.status = live.status;
  held_.spec = live.spec;
  for_each_part([&](const auto& part) { hold_part(part.place(held_), part.place(live)); });
}

const Snapshot& Shown::update(const Snapshot& live, uint64_t id, double time) {
  const bool news = id != live_id_;
  live_id_ = id;
  if (!too_fast_for_eyes(live.status)) {
    held_since_ = -1;
    calm_id_ = id;
    return live;
  }
  // A part that the stage has just asked for is shown at once, and so is another model.
  const bool complete = (live.reused & kCalmParts) == 0;
  const bool due = held_since_ < 0 || (complete && time - held_since_ >= kHoldSeconds) ||
                   held_.parts != live.parts ||
                   held_.parameters.values.size() != live.parameters.values.size();
  if (due && news) {
    hold(live);
    held_since_ = time;
    calm_id_ = id;
  } else if (news) {
    held_.parameters.values = live.parameters.values;  // curves are drawn from the live snapshot
  }
  return held_;
}

uint32_t Shown::deferrable_parts(double time) const {
  const bool holds = held_since_ >= 0 && time - held_since_ < kHoldSeconds;
  return holds ? kAllSnapshotParts & ~kLiveParts : 0;
}

}  // namespace downhill::ui
