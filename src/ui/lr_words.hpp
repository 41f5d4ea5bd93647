// Sentences about the learning rate and the size of the step that it leads to. Knows no drawing.
#pragma once

#include "session/snapshot.hpp"
#include "ui/label.hpp"

namespace downhill::ui {

// True when the step is exactly rate × gradient: plain SGD without weight decay or frozen layers,
// and no clipping in effect.
bool step_is_plain(const Snapshot& snapshot);

// The size of the last step in words: rate × gradient where the step is plain, otherwise the
// measured change of the weights. `lr`: the rate of the coming step.
LongLabel step_size_words(const Snapshot& snapshot, float lr);
// "now 0.034, one-cycle" while a schedule sets the rate; empty when the rate is constant.
Label rate_now_words(const Snapshot& snapshot);

}  // namespace downhill::ui
