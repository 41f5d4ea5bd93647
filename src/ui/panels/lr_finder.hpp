// What the finder's sweep suggests.
#pragma once

#include <array>
#include <string_view>

#include "session/snapshot.hpp"

namespace downhill::ui {

struct LrSuggestion {
  std::string_view name, meaning;
  float lr;  // 0: none
};
// fastai's suggestions, with its names: valley, slide, minimum / 10, steep.
std::array<LrSuggestion, 4> lr_suggestions(const LrSweep& sweep);

}  // namespace downhill::ui
