#include "ui/panels/step_texts.hpp"

#include <array>
#include <cmath>

namespace downhill::ui {
namespace {

constexpr std::string_view kNextIcon = "\xEE\x97\x8C";  // chevron to the right
constexpr auto kTexts = std::to_array<StepText>({
    {"Initialize", "Give every weight a random initial value.", "Draw random weights.",
     "Every weight starts out random", "Draw the initial weights again from the same seed.", "↺"},
    {"Predict", "Ask the model about each image: which digit?", "Ask the model: which digit?",
     "What the model says about this batch", "Run the next batch through the model.", kNextIcon},
    {"Loss", "Measure in one number how wrong that was.", "Measure how wrong that was.",
     "How wrong, in one number", "Compute the loss of this batch.", kNextIcon},
    {"Gradient", "Find for every weight which way the loss falls.",
     "Find which way the loss falls.", "Which way is downhill, for every weight",
     "Backpropagate through the model: one slope per weight.", kNextIcon},
    {"Step", "Move every weight a little downhill.", "Move a little downhill.",
     "Every weight moves against its gradient",
     "Subtract learning rate × gradient from the weights.", kNextIcon},
    {"Repeat", "Take the next batch and go round again.", "Take the next batch.",
     "Batch after batch, epoch after epoch",
     "Go to the next batch; after the last one, evaluate on the validation set.", kNextIcon},
    {"Stop", "End after enough epochs, or when it no longer helps.", "End after enough epochs.",
     "When is it good enough?", "Train to the end, until a stop rule ends the run.", "⏩"},
});
static_assert(kTexts.size() == kPhaseCount, "a phase has no texts");

int trend_of(float now, float before) {
  if (!std::isfinite(now) || !std::isfinite(before) || now == before) return 0;
  return now > before ? 1 : -1;
}

}  // namespace

const StepText& step_text(Phase phase) { return kTexts[static_cast<size_t>(phase)]; }

LongLabel step_sentence(Phase phase, const ExperimentSpec& spec) {
  if (phase == Phase::predict && has_points(spec.data))
    return "Ask the model for the speed at each time.";
  if (phase == Phase::predict && spec.digits.size() == 2)
    return LongLabel().format("Ask the model about each image: %c or %c?", spec.digits[0],
                              spec.digits[1]);
  if (phase == Phase::step && spec.fault == Fault::uphill)
    return "Move every weight a little, and uphill: that is the fault.";
  return step_text(phase).sentence;
}

LongLabel step_brief(Phase phase, const ExperimentSpec& spec) {
  if (phase == Phase::predict && has_points(spec.data)) return "Ask for the speed at each time.";
  if (phase == Phase::predict && spec.digits.size() == 2)
    return LongLabel().format("Ask the model: %c or %c?", spec.digits[0], spec.digits[1]);
  if (phase == Phase::step && spec.fault == Fault::uphill) return "Move a little, but uphill.";
  return step_text(phase).brief;
}

std::string_view step_title(Phase phase, const ExperimentSpec& spec) {
  if (phase == Phase::predict && has_points(spec.data)) return "What the model says at each time";
  if (phase == Phase::step && !is_plain_sgd(spec)) return "Every weight takes a step";
  return step_text(phase).title;
}

std::string_view step_do_it(Phase phase, const ExperimentSpec& spec) {
  if (phase == Phase::step && !is_plain_sgd(spec)) return "Let the optimizer move the weights.";
  return step_text(phase).do_it;
}

Label play_on_words(const Snapshot& snapshot) {
  const Status& s = snapshot.status;
  if (s.epoch < s.epoch_limit) return "Play continues without that rule.";
  return Label().format("Play continues for %u more %s.", snapshot.spec.epochs,
                        snapshot.spec.epochs == 1 ? "epoch" : "epochs");
}

Label apart_words(const ExperimentSpec& spec) {
  if (spec.digits.size() == 2) return Label().format("%c from %c", spec.digits[0], spec.digits[1]);
  return Label().format("%u digits apart", static_cast<unsigned>(spec.digits.size()));
}

bool is_plain_sgd(const ExperimentSpec& spec) {
  return spec.optimizer == OptimizerKind::sgd && spec.weight_decay == 0 && spec.clip == 0 &&
         spec.fault != Fault::uphill;
}

std::string_view change_title(const ExperimentSpec& spec) {
  return is_plain_sgd(spec) ? "− rate × gradient" : "Change";
}

LongLabel optimizer_words(const ExperimentSpec& spec) {
  LongLabel text;
  switch (spec.optimizer) {
    case OptimizerKind::sgd:
      text.add(spec.fault == Fault::uphill
                   ? "The gradient points uphill, and by the fault so does the step."
                   : "The gradient points uphill, so the step goes the other way. The learning "
                     "rate decides how far.");
      break;
    case OptimizerKind::momentum:
    case OptimizerKind::nesterov:
      text.add("The step is the gradient plus ")
          .add(rate(spec.momentum))
          .add(" of the previous step: it rolls on like a ball");
      text.add(spec.optimizer == OptimizerKind::nesterov ? ", and looks one step ahead." : ".");
      break;
    case OptimizerKind::rmsprop:
      text.add(
          "RMSprop divides each gradient by its usual size, so that flat and steep weights move "
          "alike.");
      break;
    case OptimizerKind::adam:
    case OptimizerKind::adamw:
      text.add(
          "Adam smooths each gradient and divides it by its usual size: a weight moves by about "
          "the learning rate, however small its gradient.");
      break;
  }
  if (spec.weight_decay > 0) {
    text.add(kOptimizers[spec.optimizer].decoupled
                 ? " Weight decay also pulls every weight towards 0."
                 : " Weight decay adds a pull towards 0 to the gradient.");
  }
  if (spec.fault == Fault::no_zero)
    text.add(" The gradients of all steps so far have been added up: none was zeroed.");
  if (spec.clip > 0)
    text.add(" A gradient whose norm exceeds ").add(rate(spec.clip)).add(" is scaled down to it.");
  return text;
}

bool is_of_last_batch(Phase phase, const Status& status) {
  return status.step > 0 && status.phase >= Phase::predict && phase > status.phase &&
         phase <= Phase::step;
}

LiveNumber live_number(Phase phase, const Snapshot& snapshot, const Readings& readings) {
  const Status& s = snapshot.status;
  if (!s.ready) return {.number = "–"};
  const auto known = [&](float value) {
    if (std::isnan(value) && s.health == Health::diverged) return Label("NaN");
    return s.step > 0 || s.phase != Phase::initialize ? number(value) : Label("–");
  };
  switch (phase) {
    case Phase::initialize:
      return {.number = count(s.parameter_count),
              .unit = "weights",
              .meaning = "The trainable parameters of the model: its weights and biases."};
    case Phase::predict:
      if (has_points(snapshot.spec.data))
        return {.number = count(s.train_count),
                .unit = "points",
                .meaning = "The points that the model learns from."};
      return {.number = s.step > 0 || s.phase != Phase::initialize ? percent(s.batch_accuracy, 0)
                                                                   : Label("–"),
              .unit = "right",
              .meaning = "The share of the images of this batch that the model gets right."};
    case Phase::loss:
      return {.number = known(s.train_loss),
              .unit = "",
              .meaning =
                  "The last loss computed: the mean over its batch. The arrow "
                  "compares it with the previous batch.",
              .trend = s.step > 0 ? trend_of(s.train_loss, s.previous_loss) : 0};
    case Phase::gradient:
      return {.number = known(s.gradient_norm),
              .unit = "norm",
              .meaning =
                  "The L2 norm of the gradient: the root of the sum of the squares of "
                  "all slopes."};
    case Phase::step:
      return {.number = known(s.update_norm),
              .unit = "norm",
              .meaning = is_plain_sgd(snapshot.spec)
                             ? "The size of the last step: learning rate × gradient norm."
                             : "The size of the last step: the L2 norm of the changes of all "
                               "weights."};
    case Phase::repeat: {
      LiveNumber live{.number = Label().format("%u", s.batch),
                      .meaning = "Batches done in this epoch."};
      live.unit.format(s.batches_per_epoch == 1 ? "of %u batch" : "of %u batches",
                       s.batches_per_epoch);
      return live;
    }
    case Phase::stop: {
      LiveNumber live{.number = Label().format("%u", s.epoch),
                      .meaning = "Epochs done: how often all training data have been seen."};
      live.unit.format(s.epoch_limit == 1 ? "of %u epoch" : "of %u epochs", s.epoch_limit);
      return live;
    }
  }
  (void)readings;
  return {};
}

}  // namespace downhill::ui
