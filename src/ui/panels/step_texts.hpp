// What the page says about the seven steps: the words of the rail and the stage, and each step's
// live number. The numbers are the snapshot's own.
#pragma once

#include <string_view>

#include "session/snapshot.hpp"
#include "ui/label.hpp"
#include "ui/readings.hpp"

namespace downhill::ui {

struct StepText {
  std::string_view name;      // "Gradient"
  std::string_view sentence;  // on the rail
  std::string_view brief;     // likewise, where there is room for one line
  std::string_view title;     // on the stage, in full
  std::string_view do_it;     // what the button does
  std::string_view icon;
};
const StepText& step_text(Phase phase);
// The same for this experiment: which digits, and what its optimizer does.
LongLabel step_sentence(Phase phase, const ExperimentSpec& spec);
LongLabel step_brief(Phase phase, const ExperimentSpec& spec);
std::string_view step_title(Phase phase, const ExperimentSpec& spec);
std::string_view step_do_it(Phase phase, const ExperimentSpec& spec);

// What play does once training has ended.
Label play_on_words(const Snapshot& snapshot);

// "3 from 7", "10 digits apart"
Label apart_words(const ExperimentSpec& spec);

// True when a step is exactly - rate × gradient: plain SGD, nothing clipped or decayed.
bool is_plain_step(const ExperimentSpec& spec);
// What the change of a weight is called: "− rate × gradient" where that is what it is.
std::string_view change_title(const ExperimentSpec& spec);
// What the optimizer makes of the gradient, in a few sentences.
LongLabel optimizer_words(const ExperimentSpec& spec);

struct LiveNumber {
  Label number = {}, unit = {};
  std::string_view meaning = {};  // on hover
  int trend = 0;                  // -1 fell, +1 rose since the batch before
};
LiveNumber live_number(Phase phase, const Snapshot& snapshot, const Readings& readings);

// "book loss", "cross-entropy", "squared error"
std::string_view loss_label(LossKind loss);

}  // namespace downhill::ui
