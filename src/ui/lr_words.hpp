// True words about the learning rate and the step that it makes. Knows no drawing.
#pragma once

#include "session/snapshot.hpp"
#include "ui/label.hpp"

namespace downhill::ui {

// Plain SGD: a step is rate × gradient and nothing else.
bool step_is_plain(const Snapshot& snapshot);

// How long the last step was, in true words: rate × gradient where that is all there is to it, the
// change of the weights where the optimizer makes something else of the gradient. `lr`: of the
// coming step.
LongLabel step_size_words(const Snapshot& snapshot, float lr);
// "now 0.034, one-cycle": where a schedule has moved the rate; nothing where it has not.
Label rate_now_words(const Snapshot& snapshot);

}  // namespace downhill::ui
