// What the finder's sweep suggests, and its words.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "session/snapshot.hpp"
#include "ui/label.hpp"

namespace downhill::ui {

struct LrSuggestion {
  std::string_view name, meaning;
  float lr;  // 0: none
};
// fastai's suggestions, with its names: valley, slide, minimum / 10, steep.
std::array<LrSuggestion, 4> lr_suggestions(const LrSweep& sweep);

// The progress of the sweep, or what it saw.
LongLabel sweep_words(const Status& status, const std::optional<LrSweep>& sweep);
// λ, whose it is, and what it says about the rate of this optimizer.
LongLabel sharpness_words(const Snapshot& snapshot);

}  // namespace downhill::ui
