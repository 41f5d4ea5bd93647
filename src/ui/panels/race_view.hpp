// The words of the race.
#pragma once

#include "session/race.hpp"
#include "ui/label.hpp"

namespace downhill::ui {

// The progress or the result of a race, in words.
LongLabel race_words(const RaceView& race);

}  // namespace downhill::ui
