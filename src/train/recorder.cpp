#include "train/recorder.hpp"

#include <algorithm>
#include <utility>

namespace downhill {

namespace {
constexpr size_t kMarkRoom = 4096;  // a minute of turning the dial at 60 frames a second
}

void Recorder::begin(size_t steps, size_t epochs, float lr, const LiveSettings& live) {
  all_.steps.clear();
  all_.epochs.clear();
  all_.marks.clear();
  all_.steps.reserve(steps);
  all_.epochs.reserve(epochs + 1);
  all_.marks.reserve(kMarkRoom);
  all_.live.reserve(kMarkRoom);
  all_.live.assign(1, {1, live});
  all_.first_lr = lr;
  ++generation_;
}

void Recorder::resume(RunHistory history) {
  all_ = std::move(history);
  ++generation_;
}

void Recorder::record_live(uint32_t next_step, const LiveSettings& live) {
  if (all_.live.back().live == live) return;
  if (all_.live.back().step == next_step) {
    all_.live.back().live = live;
  } else {
    all_.live.push_back({next_step, live});
  }
}

const LiveSettings& Recorder::live_at(uint32_t step) const {
  size_t at = all_.live.size() - 1;
  while (at > 0 && all_.live[at].step > step) --at;
  return all_.live[at].live;
}

void Recorder::record_lr(uint32_t next_step, float lr) {
  const float before = lr_at(next_step);
  if (lr == before) return;
  if (all_.marks.empty() || all_.marks.back().step != next_step) {
    all_.marks.push_back({next_step, before, lr});
    return;
  }
  all_.marks.back().to = lr;
  if (all_.marks.back().from == lr) all_.marks.pop_back();
  ++generation_;  // a mark that may have been copied has changed
}

void Recorder::rewind(uint32_t step) {
  const auto later = [step](const auto& point) { return point.step > step; };
  all_.steps.erase(std::find_if(all_.steps.begin(), all_.steps.end(), later), all_.steps.end());
  all_.epochs.erase(std::find_if(all_.epochs.begin(), all_.epochs.end(), later), all_.epochs.end());
  // A mark of the next step is a decision that no step has used yet: it goes too.
  all_.marks.erase(std::find_if(all_.marks.begin(), all_.marks.end(), later), all_.marks.end());
  all_.live.erase(std::find_if(all_.live.begin() + 1, all_.live.end(), later), all_.live.end());
  ++generation_;
}

float Recorder::lr_at(uint32_t step) const {
  for (auto mark = all_.marks.rbegin(); mark != all_.marks.rend(); ++mark) {
    if (mark->step <= step) return mark->to;
  }
  return all_.first_lr;
}

}  // namespace downhill
