#include "train/recorder.hpp"

#include <algorithm>
#include <utility>

namespace downhill {

namespace {
constexpr size_t kMarkRoom = 4096;  // a minute of turning the dial at 60 frames a second

// The mark that applies to a step. Precondition: the first mark is of step 1.
template <class Mark>
const Mark& mark_at(const std::vector<Mark>& marks, uint32_t step) {
  size_t at = marks.size() - 1;
  while (at > 0 && marks[at].step > step) --at;
  return marks[at];
}

// The mark to write for the steps from `step` on: the last one if it is of that step already,
// otherwise a new one.
template <class Mark>
Mark& mark_from(std::vector<Mark>& marks, uint32_t step) {
  if (marks.back().step != step) {
    marks.push_back(marks.back());
    marks.back().step = step;
  }
  return marks.back();
}

}  // namespace

void Recorder::begin(size_t steps, size_t epochs, float lr, const LiveSettings& live,
                     uint32_t frozen) {
  all_.steps.clear();
  all_.epochs.clear();
  all_.marks.clear();
  all_.steps.reserve(steps);
  all_.epochs.reserve(epochs + 1);
  all_.marks.reserve(kMarkRoom);
  all_.live.reserve(kMarkRoom);
  all_.frozen.reserve(kMarkRoom);
  all_.live.assign(1, {1, live});
  all_.frozen.assign(1, {1, frozen});
  all_.first_lr = lr;
  ++generation_;
}

void Recorder::resume(RunHistory history) {
  all_ = std::move(history);
  ++generation_;
}

void Recorder::record_live(uint32_t next_step, const LiveSettings& live) {
  if (all_.live.back().live != live) mark_from(all_.live, next_step).live = live;
}

void Recorder::record_frozen(uint32_t next_batch, uint32_t layers) {
  if (all_.frozen.back().layers != layers) mark_from(all_.frozen, next_batch).layers = layers;
}

const LiveSettings& Recorder::live_at(uint32_t step) const { return mark_at(all_.live, step).live; }

uint32_t Recorder::frozen_at(uint32_t batch) const { return mark_at(all_.frozen, batch).layers; }

void Recorder::record_lr(uint32_t next_step, float lr) {
  const float before = lr_at(next_step);
  if (lr == before) return;
  if (next_step == 1) {  // no step has used another rate: the run begins with this one
    all_.first_lr = lr;
    return;
  }
  if (all_.marks.empty() || all_.marks.back().step != next_step) {
    all_.marks.push_back({next_step, before, lr});
    return;
  }
  all_.marks.back().to = lr;
  if (all_.marks.back().from == lr) all_.marks.pop_back();
  ++generation_;  // a mark that a reader may have copied has changed
}

void Recorder::rewind(uint32_t predicted, uint32_t stepped, uint32_t done) {
  const auto after = [](uint32_t step) {
    return [step](const auto& point) { return point.step > step; };
  };
  std::erase_if(all_.steps, after(stepped));
  std::erase_if(all_.epochs, after(done));
  // A mark of the next step goes, too: no step has used it yet.
  std::erase_if(all_.marks, after(stepped));
  std::erase_if(all_.live, after(std::max(stepped, 1u)));
  std::erase_if(all_.frozen, after(std::max(predicted, 1u)));
  ++generation_;
}

float Recorder::lr_at(uint32_t step) const {
  for (auto mark = all_.marks.rbegin(); mark != all_.marks.rend(); ++mark) {
    if (mark->step <= step) return mark->to;
  }
  return all_.first_lr;
}

}  // namespace downhill
