#include "ui/panels/experiment_groups.hpp"

namespace downhill::ui {

void draw_loss_group(ExperimentForm& form) {
  form.heading("Loss and initial weights");
  form.row(2, 0.58f);
  form.fields(FieldGroup::loss);
  form.row(1);
  const ChoiceWords& words = kLosses[form.spec().loss].words;
  form.note(LongLabel(words.label).add(": ").add(choice_note(words)));
}

}  // namespace downhill::ui
