// The classic mistakes of a training loop, to be switched on and looked at: one at a time. Words
// and the cause that a diagnosis names; what each changes is where it is made: the network
// (train/spec_text.cpp), the loss (nn/losses.cpp), the gradient (nn/parameter_slabs.hpp), the step
// (nn/optimizers.cpp).
#pragma once

#include <cstdint>

#include "base/choice_table.hpp"

namespace downhill {

enum class Fault : uint8_t { none, no_zero, uphill, accuracy, no_bend, no_bias };

struct FaultRow {
  Fault kind;
  ChoiceWords words;  // `meaning` says in a sentence what it does
  // Why a loss grows with this fault, to follow a colon. Empty: for the usual reasons.
  std::string_view cause = {};
};

inline constexpr auto kFaults = choice_table<FaultRow>({
    {Fault::none, {"none", "none", "everything is done as it should be"}},
    {Fault::no_zero,
     {"nozero", "no zero_grad", "the gradient is not zeroed, so every backward pass adds to it",
      "no zero_grad()"},
     "the gradient was not zeroed, so every step repeats all steps before it."},
    {Fault::uphill,
     {"uphill", "uphill", "the step is added instead of subtracted, so it goes up the slope",
      "maximize=True"},
     "each step goes up the slope, along the gradient instead of against it."},
    {Fault::accuracy,
     {"accuracy", "accuracy as loss",
      "the loss is the share of wrong answers, whose gradient is 0"}},
    {Fault::no_bend,
     {"nobend", "no activation", "nothing bends between the layers, so many layers are one"}},
    {Fault::no_bias,
     {"nobias", "no bias", "the layers only multiply: nothing is added to a weighted sum",
      "bias=False"}},
});

}  // namespace downhill
