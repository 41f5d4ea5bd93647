#include "ui/lr_words.hpp"

#include <cmath>

namespace downhill::ui {
namespace {

// 1234 -> 1200
uint64_t two_digits(float value) {
  uint64_t unit = 1;
  const auto whole = static_cast<uint64_t>(value);
  while (whole / unit >= 100) unit *= 10;
  return (whole + unit / 2) / unit * unit;
}

// 4.4496 -> "4.4", 1234 -> "1,200"
Label times_words(float factor) {
  if (factor >= 10) return count(two_digits(factor));
  return Label().format("%.1f", static_cast<double>(factor));
}

}  // namespace

bool step_is_plain(const Snapshot& snapshot) {
  const ExperimentSpec& spec = snapshot.spec;
  const bool clips = spec.clip > 0 && snapshot.status.gradient_norm > spec.clip;
  return spec.optimizer == OptimizerKind::sgd && spec.weight_decay == 0 && !clips &&
         spec.freeze == 0 && spec.fault != Fault::uphill;
}

LongLabel step_size_words(const Snapshot& snapshot, float lr) {
  const Status& s = snapshot.status;
  const bool plain = step_is_plain(snapshot);
  if (s.step == 0 && s.phase < Phase::gradient)
    return plain ? "step size = rate × gradient" : "no step yet";
  if (plain) {
    const float size = lr * s.gradient_norm;
    // Too small a part of every weight to change it.
    const bool rounds_to_zero = s.step > 0 && s.update_norm == 0 && size > 0 && size < 1e-9f;
    return LongLabel("rate ")
        .add(rate(lr))
        .add(" × gradient ")
        .add(number(s.gradient_norm))
        .add(" = step ")
        .add(number(size))
        .add(rounds_to_zero ? ", rounded to 0" : "");
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

float judged_rate(const Snapshot& snapshot, float dial) {
  if (snapshot.spec.schedule == ScheduleKind::constant) return dial;
  const bool made = snapshot.valley && snapshot.valley->made;
  return made ? snapshot.valley->lr : snapshot.status.lr;
}

std::string_view verdict_word(RateVerdict verdict) {
  switch (verdict) {
    case RateVerdict::unknown:
      return {};
    case RateVerdict::too_small:
      return "Too small";
    case RateVerdict::good:
      return "Good";
    case RateVerdict::overshoots:
      return "Too large";
    case RateVerdict::diverges:
      return "Diverges";
  }
  return {};
}

namespace {
constexpr float kManySteps = 300;  // to halve the loss
}

LongLabel verdict_brief(const Valley& valley, float lr) {
  const RateVerdict verdict = judge_rate(valley, lr);
  const float after = loss_after(valley, lr);
  LongLabel words;
  switch (verdict) {
    case RateVerdict::unknown:
      return valley.rates.empty() ? "the gradient is almost 0: no rate helps"
                                  : "no rate lowers the loss of this batch";
    case RateVerdict::too_small:
    case RateVerdict::good: {
      const float steps = std::ceil(steps_to_halve(valley, lr));
      if (steps <= 1) return words.add("one step halves the loss");
      const float fewest = std::ceil(steps_to_halve(valley, valley.best));
      if (verdict == RateVerdict::good && steps > kManySteps && fewest > kManySteps / 2)
        return words.add("the loss falls little at any rate");
      if (steps >= 1e6f) return words.add("over a million steps to halve the loss");
      return words.add("about ").add(count(two_digits(steps))).add(" such steps halve the loss");
    }
    case RateVerdict::overshoots:
      if (after > valley.loss) return "it overshoots: the loss rises";
      return rises_again(valley, lr) ? "it overshoots: the loss soon rises"
                                     : "it overshoots the lowest point";
    case RateVerdict::diverges:
      if (has_climbed(valley) && lr >= valley.lr)
        return words.add("the loss has climbed from ")
            .add(number(valley.first))
            .add(" to ")
            .add(number(valley.loss));
      if (!std::isfinite(after)) return "the loss is no longer a number";
      if (after >= 1e6f * valley.loss) return "the loss becomes over a million times as large";
      return words.add("the loss becomes ")
          .add(times_words(after / valley.loss))
          .add(" times as large");
  }
  return words;
}

LongLabel verdict_sentence(const Valley& valley, float lr) {
  const RateVerdict verdict = judge_rate(valley, lr);
  if (verdict == RateVerdict::unknown)
    return valley.rates.empty()
               ? "The gradient is almost 0 here, so a step of any rate on the dial changes nothing."
               : "No learning rate lowers the loss of this batch along this line.";
  LongLabel words(verdict_word(verdict));
  if (has_climbed(valley) && lr >= valley.lr)
    return words.add(": steps of this rate have taken the loss from ")
        .add(number(valley.first))
        .add(" to ")
        .add(number(valley.loss))
        .add(".");
  const Label before = number(valley.loss), after = number(loss_after(valley, lr));
  const bool done = valley.made && lr == valley.lr;
  words.add(done ? ": the step of rate " : ": a step of rate ").add(rate(lr));
  if (before.view() == after.view()) {  // too little to show in these digits
    words.add(done ? " has lowered" : valley.made ? " would have lowered" : " lowers")
        .add(" the loss of this batch, ")
        .add(before)
        .add(", by ");
    words.add(rate(valley.loss - loss_after(valley, lr))).add(". ");
  } else {
    words.add(done ? " has taken" : valley.made ? " would have taken" : " takes");
    words.add(" the loss of this batch from ").add(before).add(" to ").add(after).add(". ");
  }
  switch (verdict) {
    case RateVerdict::too_small:
    case RateVerdict::good:
      words.add("At this pace ").add(verdict_brief(valley, lr)).add(".");
      if (verdict == RateVerdict::too_small) words.add(" A larger rate needs fewer.");
      break;
    case RateVerdict::overshoots:
      if (rises_again(valley, lr) && lr == valley.ahead_lr)
        words.add("After ")
            .add(count(valley.ahead.size() - 1))
            .add(" such steps the loss of the next batch is ")
            .add(number(valley.ahead.back()))
            .add("; the run began at ")
            .add(number(valley.first > 0 ? valley.first : valley.loss))
            .add(".");
      else
        words.add("It overshoots the lowest point and goes up the other side.");
      break;
    default:
      words.add("Further steps would go further still.");
  }
  return words;
}

}  // namespace downhill::ui
