#include "ui/panels/experiment_groups.hpp"

namespace downhill::ui {

// Only what the optimizer uses is there: a field that does nothing would be a riddle.
void draw_optimizer_group(ExperimentForm& form) {
  const ExperimentSpec& spec = form.spec();
  const bool adam = spec.optimizer == OptimizerKind::adam || spec.optimizer == OptimizerKind::adamw;
  form.heading("Optimizer");
  form.menu("optimizer");
  form.note(choice_words("optimizer", form.text_of("optimizer")).meaning);
  form.row(2);
  form.text("lr");
  if (uses_momentum(spec.optimizer)) {
    const std::string_view label = adam ? "Beta 1" : "Momentum";
    if (spec.schedule == ScheduleKind::onecycle) {
      form.fixed("momentum", label, "0.95–0.85",
                 "The one-cycle schedule moves the momentum too: from 0.95 down to 0.85 while the "
                 "rate rises, and back up while it falls.");
    } else {
      form.text("momentum", label);
    }
  }
  if (uses_squares(spec.optimizer)) {
    form.text("beta2", adam ? "Beta 2" : "Alpha");
    form.text("eps");
  }
  form.text("wd");
  form.text("clip", {}, spec.clip == 0 ? std::string_view("never") : std::string_view());
  form.text("freeze");
  form.row(1);
}

}  // namespace downhill::ui
