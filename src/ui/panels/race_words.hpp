// The words of the race.
#pragma once

#include "session/race.hpp"
#include "ui/label.hpp"

namespace downhill::ui {

// The progress or the result of a race.
LongLabel race_words(const RaceView& race);
// The state of a lane: "not finite after step 12", "done", "running".
Label lane_words(const RaceLane& lane);

}  // namespace downhill::ui
