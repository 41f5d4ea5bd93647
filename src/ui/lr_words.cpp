#include "ui/lr_words.hpp"

namespace downhill::ui {

bool step_is_plain(const Snapshot& snapshot) {
  const ExperimentSpec& spec = snapshot.spec;
  const bool clips = spec.clip > 0 && snapshot.status.gradient_norm > spec.clip;
  return spec.optimizer == OptimizerKind::sgd && spec.weight_decay == 0 && !clips &&
         spec.freeze == 0;
}

LongLabel step_size_words(const Snapshot& snapshot, float lr) {
  const Status& s = snapshot.status;
  const bool plain = step_is_plain(snapshot);
  if (s.step == 0 && s.phase < Phase::gradient)
    return plain ? "step size = rate × gradient" : "no step yet";
  if (plain) {
    // Under a schedule the dial's rate is not the one that multiplies the gradient, so name the
    // rate.
    const bool moved = snapshot.spec.schedule != ScheduleKind::constant;
    return LongLabel(moved ? rate(lr).view() : std::string_view())
        .add(moved ? " × gradient " : "× gradient ")
        .add(number(s.gradient_norm))
        .add(" = step ")
        .add(number(lr * s.gradient_norm));
  }
  const std::string_view name = kOptimizers[snapshot.spec.optimizer].words.label;
  // A gradient just computed belongs to the coming step.
  if (s.phase == Phase::gradient) {
    LongLabel words = LongLabel("gradient ").add(number(s.gradient_norm));
    return s.step == 0 ? words : words.add(", last step ").add(number(s.update_norm));
  }
  return LongLabel(name)
      .add(": gradient ")
      .add(number(s.gradient_norm))
      .add(" → step ")
      .add(number(s.update_norm));
}

Label rate_now_words(const Snapshot& snapshot) {
  const ExperimentSpec& spec = snapshot.spec;
  if (spec.schedule == ScheduleKind::constant || !snapshot.status.ready) return {};
  const std::string_view schedule = kSchedules[spec.schedule].words.label;
  return Label("now ").add(rate(snapshot.status.lr)).add(", ").add(schedule);
}

}  // namespace downhill::ui
