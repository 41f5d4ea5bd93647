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

// The rate that the valley is asked about: under a constant schedule `dial`, which the engine may
// not have answered yet; under another the step's own.
float judged_rate(const Snapshot& snapshot, float dial);

// "Too small", "Good", "Too large" (it overshoots), "Diverges"; empty if nothing is known.
std::string_view verdict_word(RateVerdict verdict);
// What a step of this rate does to the loss of the batch, in a sentence with its numbers.
LongLabel verdict_sentence(const Valley& valley, float lr);
// The same in a few words: "about 190 steps to halve the loss".
LongLabel verdict_brief(const Valley& valley, float lr);

}  // namespace downhill::ui
