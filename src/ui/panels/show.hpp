// What can be put in the middle of the page by name, for lessons and scripts: the overview, a phase
// ("gradient" is its first view, "gradient:the-valley" the one whose tab says so), a tool of the
// dial, the experiment form; on a narrow page also the curves and the steps. The names follow from
// kStageViews and kTools.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "ui/selection.hpp"

namespace downhill::ui {

// "The valley" is "the-valley".
std::string view_word(std::string_view tab);

// Refuses an unknown name with a sentence that lists those that there are, and changes nothing.
Result<void> show_view(Selection& selection, std::string_view name);

}  // namespace downhill::ui
