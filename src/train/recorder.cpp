#include "train/recorder.hpp"

#include <algorithm>

namespace downhill {

namespace {
constexpr size_t kMarkRoom = 4096;  // a minute of turning the dial at 60 frames a second

// The mark that is in force at a step. Precondition: the first one is of step 1.
template <class Mark>
const Mark& mark_at(const std::vector<Mark>& marks, uint32_t step) {
  size_t at = marks.size() - 1;
  while (at > 0 && marks[at].step > step) --at;
  return marks[at];
}

// The mark that holds from a step on: the last one, if it is of that step already.
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
  steps_.clear();
  epochs_.clear();
  marks_.clear();
  steps_.reserve(steps);
  epochs_.reserve(epochs + 1);
  marks_.reserve(kMarkRoom);
  live_.reserve(kMarkRoom);
  frozen_.reserve(kMarkRoom);
  live_.assign(1, {1, live});
  frozen_.assign(1, {1, frozen});
  first_lr_ = lr;
  ++generation_;
}

void Recorder::record_live(uint32_t next_step, const LiveSettings& live) {
  if (live_.back().live != live) mark_from(live_, next_step).live = live;
}

void Recorder::record_frozen(uint32_t next_batch, uint32_t layers) {
  if (frozen_.back().layers != layers) mark_from(frozen_, next_batch).layers = layers;
}

const LiveSettings& Recorder::live_at(uint32_t step) const { return mark_at(live_, step).live; }

uint32_t Recorder::frozen_at(uint32_t batch) const { return mark_at(frozen_, batch).layers; }

void Recorder::record_lr(uint32_t next_step, float lr) {
  const float before = lr_at(next_step);
  if (lr == before) return;
  if (marks_.empty() || marks_.back().step != next_step) {
    marks_.push_back({next_step, before, lr});
    return;
  }
  marks_.back().to = lr;
  if (marks_.back().from == lr) marks_.pop_back();
  ++generation_;  // a mark that may have been copied has changed
}

void Recorder::rewind(uint32_t predicted, uint32_t stepped, uint32_t done) {
  const auto after = [](uint32_t step) {
    return [step](const auto& point) { return point.step > step; };
  };
  std::erase_if(steps_, after(stepped));
  std::erase_if(epochs_, after(done));
  // A mark of the next step is a decision that no step has used yet: it goes too.
  std::erase_if(marks_, after(stepped));
  std::erase_if(live_, after(std::max(stepped, 1u)));
  std::erase_if(frozen_, after(std::max(predicted, 1u)));
  ++generation_;
}

float Recorder::lr_at(uint32_t step) const {
  for (auto mark = marks_.rbegin(); mark != marks_.rend(); ++mark) {
    if (mark->step <= step) return mark->to;
  }
  return first_lr_;
}

}  // namespace downhill
