#include "ui/curve_store.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace downhill::ui {

CurvePoints StepCurve::points(size_t columns) {
  if (made_for_size_ != pyramid.size() || made_for_columns_ != columns) {
    xs_.clear();
    ys_.clear();
    pyramid.points(columns, 1, xs_, ys_);  // the first point is step 1
    made_for_size_ = pyramid.size();
    made_for_columns_ = columns;
  }
  return {xs_, ys_};
}

void StepCurve::clear() {
  pyramid.clear();
  made_for_size_ = made_for_columns_ = 0;
  xs_.clear();
  ys_.clear();
}

void CurveStore::add_epoch(const EpochPoint& epoch) {
  test_steps_.push_back(static_cast<float>(epoch.step));
  valid_loss_.push_back(epoch.valid_loss);
  valid_accuracy_.push_back(epoch.valid_accuracy);
  if (std::isfinite(epoch.valid_loss)) {
    greatest_valid_loss_ = std::max(greatest_valid_loss_, epoch.valid_loss);
    least_valid_loss_ =
        test_steps_.size() == 1 ? epoch.valid_loss : std::min(least_valid_loss_, epoch.valid_loss);
  }
  if (std::isfinite(epoch.valid_accuracy))
    least_accuracy_ = std::min(least_accuracy_, epoch.valid_accuracy);
}

void CurveStore::start_over(uint32_t generation) {
  CurveStore fresh;
  fresh.generation_ = generation;
  fresh.held_ = held_;
  fresh.previous_ = std::move(previous_);
  if (!held_ && loss.pyramid.size() > 0)
    fresh.previous_ = std::make_unique<CurveStore>(std::move(*this));
  *this = std::move(fresh);
}

void CurveStore::update(const Curves& curves) {
  if (curves.generation != generation_ || curves.steps.size() < loss.pyramid.size() ||
      curves.epochs.size() < test_steps_.size() || curves.marks.size() < marks_seen_) {
    start_over(curves.generation);
  }
  for (size_t i = loss.pyramid.size(); i < curves.steps.size(); ++i) {
    loss.pyramid.append(curves.steps[i].loss);
    gradient_norm.pyramid.append(curves.steps[i].gradient_norm);
    lr.pyramid.append(curves.steps[i].lr);
    momentum.pyramid.append(curves.steps[i].momentum);
  }
  for (size_t i = test_steps_.size(); i < curves.epochs.size(); ++i) add_epoch(curves.epochs[i]);
  for (; marks_seen_ < curves.marks.size(); ++marks_seen_) {
    const LrMark& mark = curves.marks[marks_seen_];
    // Dragging the dial makes many marks in a row; those at the same step are merged.
    if (!marks_.empty() && marks_.back().step == mark.step) {
      marks_.back().to = mark.to;
    } else {
      marks_.push_back(mark);
    }
  }
}

}  // namespace downhill::ui
