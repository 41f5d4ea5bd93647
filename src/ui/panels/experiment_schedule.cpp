#include <algorithm>

#include "train/schedule_preview.hpp"
#include "ui/panels/experiment_groups.hpp"

namespace downhill::ui {
namespace {

constexpr size_t kPoints = 193;  // enough for every corner of a schedule

}  // namespace

void ScheduleGroup::update(const ExperimentSpec& spec, const Status& status) {
  const uint64_t total =
      std::max<uint64_t>(1, uint64_t{status.batches_per_epoch} * std::max(1u, spec.epochs));
  if (total == total_ && spec.lr == lr_ && spec.momentum == momentum_ && spec.schedule == kind_)
    return;
  total_ = total;
  lr_ = spec.lr;
  momentum_ = spec.momentum;
  kind_ = spec.schedule;
  steps_.resize(kPoints);
  lrs_.resize(kPoints);
  momenta_.resize(kPoints);
  preview_schedule(spec, total, lrs_, momenta_);
  for (size_t i = 0; i < kPoints; ++i)
    steps_[i] = 1 + static_cast<float>(i * (total - 1) / (kPoints - 1));
}

void ScheduleGroup::draw_curve(ExperimentForm& form, std::string_view name, float height,
                               const std::vector<float>& values, Tone tone, double low, double high,
                               std::string_view axis) {
  Canvas& canvas = form.canvas();
  Rect place = form.block(height);
  const Rect title = place.cut_top(16);
  canvas.text_in(title, Type::tiny, Tone::faint, axis);
  const double last = static_cast<double>(std::max<uint64_t>(total_, 2));
  chart_.begin(canvas, name, place, {0, last, false, false, "steps"},
               {low, high, false, false, axis});
  chart_.line("curve", steps_, values, tone, 1.75f);
  chart_.end();
  // Where the run is.
  const uint64_t step = form.status().step;
  if (step == 0 || step > total_) return;
  const float x = chart_.place(static_cast<double>(step), low).x;
  canvas.rule_down(x, chart_.plot().y0, chart_.plot().y1, Tone::line_strong);
}

void ScheduleGroup::draw(ExperimentForm& form) {
  form.heading("Schedule");
  form.row(1);
  form.fields(FieldGroup::schedule);
  form.note(choice_note(kSchedules[form.spec().schedule].words));
  if (steps_.empty()) return;
  draw_curve(form, "schedule-rate", 124, lrs_, Tone::rate, 0, static_cast<double>(lr_) * 1.1,
             "learning rate over the run");
  const bool momentum = !kOptimizers[form.spec().optimizer].momentum.empty();
  if (kSchedules[kind_].moves_momentum && momentum)
    draw_curve(form, "schedule-momentum", 96, momenta_, Tone::soft, 0.8, 1,
               "momentum over the run");
}

}  // namespace downhill::ui
