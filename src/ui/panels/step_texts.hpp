// What the page says about the seven phases: the words of the rail and the stage, and each phase's
// live number. The numbers come from the snapshot.
#pragma once

#include <string_view>

#include "session/snapshot.hpp"
#include "ui/label.hpp"
#include "ui/readings.hpp"

namespace downhill::ui {

struct StepText {
  std::string_view name;      // "Gradient"
  std::string_view sentence;  // on the rail
  std::string_view brief;     // the same in one line
  std::string_view title;     // on the stage, in full
  std::string_view do_it;     // the tooltip of its button
  std::string_view icon;
};
const StepText& step_text(Phase phase);
// The texts for this experiment: its digits, and what its optimizer does.
LongLabel step_sentence(Phase phase, const ExperimentSpec& spec);
LongLabel step_brief(Phase phase, const ExperimentSpec& spec);
std::string_view step_title(Phase phase, const ExperimentSpec& spec);
std::string_view step_do_it(Phase phase, const ExperimentSpec& spec);

// What play does once training has ended.
Label play_on_words(const Snapshot& snapshot);

// "3 from 7", "10 digits apart"
Label apart_words(const ExperimentSpec& spec);

// True when a step is exactly −rate × gradient: plain SGD without clipping and weight decay.
bool is_plain_sgd(const ExperimentSpec& spec);
// The name of a weight's change: "− rate × gradient" where it is exactly that, otherwise "Change".
std::string_view change_title(const ExperimentSpec& spec);
// How the optimizer turns the gradient into a step, in a few sentences.
LongLabel optimizer_words(const ExperimentSpec& spec);

struct LiveNumber {
  Label number = {}, unit = {};
  std::string_view meaning = {};  // tooltip
  int trend = 0;                  // -1 fell, +1 rose since the previous batch
};
// Whether the number of this phase is still that of the batch before the current one.
bool is_of_last_batch(Phase phase, const Status& status);
LiveNumber live_number(Phase phase, const Snapshot& snapshot, const Readings& readings);

}  // namespace downhill::ui
