// What can be put in the middle of the page by name, for lessons and scripts: the overview, a phase
// ("gradient" is its first view, "gradient:the-valley" the one whose tab says so), a tool of the
// dial, the experiment form; on a narrow page also the curves and the steps. The names follow from
// kStageViews, kPointViews and kTools.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "train/experiment_spec.hpp"
#include "ui/selection.hpp"

namespace downhill::ui {

// "The valley" is "the-valley".
std::string view_word(std::string_view tab);

// Refuses an unknown name with a sentence that lists those that there are for these data, and a view
// of other data with one that says so; changes nothing then.
Result<void> show_view(Selection& selection, std::string_view name,
                       DataKind data = DataKind::digits);

// Whether there is such a view, of whatever data.
bool is_view(std::string_view name);

}  // namespace downhill::ui
