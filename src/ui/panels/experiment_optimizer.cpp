#include "ui/panels/experiment_groups.hpp"

namespace downhill::ui {

// Shows only the fields that the optimizer uses.
void draw_optimizer_group(ExperimentForm& form) {
  const ExperimentSpec& spec = form.spec();
  const OptimizerRow& optimizer = kOptimizers[spec.optimizer];
  form.heading("Optimizer");
  form.field("optimizer");
  form.note(choice_note(optimizer.words));
  form.row(2);
  form.field("lr");
  if (!optimizer.momentum.empty()) {
    if (kSchedules[spec.schedule].moves_momentum) {
      form.fixed("momentum", optimizer.momentum, "0.95–0.85",
                 "The one-cycle schedule moves the momentum too: from 0.95 down to 0.85 while the "
                 "rate rises, and back up while it falls.");
    } else {
      form.field("momentum", optimizer.momentum);
    }
  }
  if (!optimizer.squares.empty()) form.field("beta2", optimizer.squares);
  form.fields(FieldGroup::optimizer);
  form.row(1);
}

}  // namespace downhill::ui
