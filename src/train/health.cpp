#include "train/health.hpp"

#include <cmath>
#include <utility>

#include "base/text.hpp"

namespace downhill {

namespace {

// A mean loss this many times that of the first window has diverged: batch noise is smaller.
constexpr double kExploded = 10;
// Beyond |x| of about 17 a sigmoid in float32 is exactly 0 or 1, and its derivative is 0. Below
// this gradient norm no learning rate of the dial changes a weight noticeably.
constexpr float kVanished = 1e-9f;
// So has one that is this part of the run's first, while the loss is no lower than at the start.
constexpr float kVanishedPart = 1e-5f;
constexpr uint32_t kFlatSteps = 3;
// With a loss below this a tiny gradient may mean that the model has finished, not that it is
// stuck.
constexpr double kGood = 0.1;

std::string rate(float lr) { return print(lr); }

}  // namespace

void HealthWatch::begin(uint32_t window, std::string_view cause, bool saturates) {
  *this = HealthWatch{};
  window_ = window > 0 ? window : 1;
  cause_ = cause;
  saturates_ = saturates;
}

// Rate and gradient say together how far the last step went.
std::string HealthWatch::grown(const Recorder& recorder, float lr) const {
  if (!cause_.empty()) return std::string(cause_);
  const float norm = recorder.steps().back().gradient_norm;
  return (std::isfinite(norm) ? "the last gradient had a norm of " + print_rounded(norm, 3)
                              : "the last gradient was not finite") +
         ", and at a learning rate of " + rate(lr) + " the weights have grown without bound.";
}

const Trouble& HealthWatch::look(const Recorder& recorder) {
  if (recorder.steps().empty()) return trouble_;
  const CurvePoint& last = recorder.steps().back();
  const uint32_t windows_before = windows_;
  accept(last);
  const bool faulty = trouble_.health == Health::faulty;
  if (trouble_.health != Health::fine && !faulty) return trouble_;
  if (flat_steps_ >= kFlatSteps && static_cast<double>(last.loss) > kGood && saturates_ &&
      !faulty) {
    report_vanished(recorder);
  } else if (windows_ > windows_before) {
    compare(recorder, last);
  }
  return trouble_;
}

void HealthWatch::report_vanished(const Recorder& recorder) {
  const auto steps = recorder.steps();
  if (steps.size() <= flat_steps_) {
    report(Health::saturated, recorder, steps.back().lr,
           "The gradient has vanished: the initial weights give outputs so large that the sigmoid "
           "is flat, and a step changes nothing.");
    return;
  }
  const float lr = steps[steps.size() - 1 - flat_steps_].lr;  // of the last step that moved
  report(Health::saturated, recorder, lr,
         "The learning rate of " + rate(lr) +
             " was too large: one step made the outputs so large that the sigmoid is flat. There "
             "the gradient is almost 0, and no step changes anything.");
}

void HealthWatch::compare(const Recorder& recorder, const CurvePoint& last) {
  const bool exploded = last_mean_ > kExploded * first_mean_;
  const bool lost = best_mean_ < kLearned * first_mean_ && last_mean_ > kLost * first_mean_;
  if (!exploded && !lost) return;
  const std::string at_rate = "at a learning rate of " + rate(last.lr);
  std::string why(cause_);
  if (why.empty()) {
    why =
        at_rate + (exploded ? " each step jumps over the valley and lands higher on the other side."
                            : " the steps are too large for the valley.");
  }
  report(Health::diverged, recorder, last.lr,
         (exploded ? "The loss is growing instead of falling: "
                   : "The loss had fallen and has climbed back to where it began: ") +
             why);
}

void HealthWatch::faulty(const Recorder& recorder, std::string sign) {
  report(Health::faulty, recorder, recorder.steps().back().lr, std::move(sign));
}

const Trouble& HealthWatch::not_finite(const Recorder& recorder, float loss, float lr) {
  const std::string what = std::isnan(loss) ? "not a number" : "infinite";
  if (recorder.steps().empty()) {
    return report_not_finite(recorder, lr,
                             "The loss is " + what +
                                 " before the first step: the initial weights give outputs that a "
                                 "float cannot hold.");
  }
  return report_not_finite(recorder, lr, "The loss is " + what + ": " + grown(recorder, lr));
}

const Trouble& HealthWatch::weight_not_finite(const Recorder& recorder, std::string_view name,
                                              bool found, float lr) {
  const std::string weight = "A number in " + std::string(name) + " is not finite";
  return report_not_finite(recorder, lr,
                           found ? weight + ", and was not before the last step either."
                                 : weight + ": " + grown(recorder, lr));
}

// This replaces an earlier diagnosis, but not the good step that was found with it.
const Trouble& HealthWatch::report_not_finite(const Recorder& recorder, float lr,
                                              std::string diagnosis) {
  const uint32_t good = trouble_.good_step;
  const bool known = trouble_.health != Health::fine;
  report(Health::diverged, recorder, lr, std::move(diagnosis));
  if (known) trouble_.good_step = good;
  return trouble_;
}

void HealthWatch::rewind(const Recorder& recorder) {
  begin(window_, cause_, saturates_);
  for (const CurvePoint& point : recorder.steps()) accept(point);
}

void HealthWatch::accept(const CurvePoint& point) {
  if (point.step == 1) first_loss_ = point.loss, first_norm_ = point.gradient_norm;
  const bool no_lower = static_cast<double>(point.loss) > kLost * static_cast<double>(first_loss_);
  const bool flat = point.gradient_norm < kVanished ||
                    (no_lower && point.gradient_norm < kVanishedPart * first_norm_);
  flat_steps_ = flat ? flat_steps_ + 1 : 0;
  sum_ += static_cast<double>(point.loss);
  if (++filled_ < window_) return;
  last_mean_ = sum_ / filled_;
  sum_ = 0;
  filled_ = 0;
  if (windows_++ == 0) first_mean_ = last_mean_;
  if (windows_ == 1 || last_mean_ < best_mean_) {
    best_mean_ = last_mean_;
    best_step_ = point.step;
  }
}

void HealthWatch::report(Health health, const Recorder& recorder, float lr,
                         std::string diagnosis) {
  const uint32_t step = recorder.steps().empty() ? 0 : recorder.steps().back().step;
  // The good step is the end of the best window. If the rate was raised by hand near or after it,
  // it is the step before that change.
  uint32_t good = best_step_ < step ? best_step_ : 0;
  if (best_step_ <= window_) good = 0;  // no window was better than the first: the start
  for (const LrMark& mark : recorder.marks()) {
    const bool near_good = mark.step + window_ > good;
    if (mark.to > mark.from && near_good && mark.step <= step + 1) {
      good = mark.step - 1;
      break;
    }
  }
  trouble_ = {health, step, good, lr, std::move(diagnosis)};
}

}  // namespace downhill
