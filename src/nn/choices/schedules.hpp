// The schedules a learner chooses from: how the learning rate changes during a run. Words only; the
// formulas are in nn/schedules.cpp.
#pragma once

#include <cstdint>

#include "base/choice_table.hpp"

namespace downhill {

enum class ScheduleKind : uint8_t { constant, step, cosine, warmup, onecycle };

struct ScheduleRow {
  ScheduleKind kind;
  ChoiceWords words;
  bool moves_momentum = false;  // replaces the momentum that was chosen
};

inline constexpr auto kSchedules = choice_table<ScheduleRow>({
    {ScheduleKind::constant,
     {"constant", "constant", "the rate stays where the dial is", "ConstantLR"}},
    {ScheduleKind::step,
     {"step", "step", "a tenth in the second third, a hundredth in the last", "StepLR"}},
    {ScheduleKind::cosine,
     {"cosine", "cosine", "down to 0 along half a cosine", "CosineAnnealingLR"}},
    {ScheduleKind::warmup,
     {"warmup", "warm-up", "rises during the first tenth of the run", "LinearLR"}},
    {ScheduleKind::onecycle,
     {"onecycle", "one-cycle", "up for a quarter, then down: fastai's fit_one_cycle"},
     true},
});

}  // namespace downhill
