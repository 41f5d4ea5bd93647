// The run's curves, prepared for fast drawing. Each update appends only the snapshot's new points;
// the points to draw are decimated once per change. The store starts over when the curves'
// generation changes, and keeps the curves of the run that was undone. It knows no drawing.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "session/snapshot.hpp"
#include "ui/curve_pyramid.hpp"

namespace downhill::ui {

struct CurvePoints {
  std::span<const float> xs, ys;
};

// One curve over steps, and its points decimated for one width.
class StepCurve {
 public:
  CurvePyramid pyramid;
  // About two points per column at most; recomputed only when the curve or the width has changed.
  CurvePoints points(size_t columns);
  void clear();

 private:
  std::vector<float> xs_, ys_;
  size_t made_for_size_ = 0, made_for_columns_ = 0;
};

class CurveStore {
 public:
  void update(const Curves& curves);

  StepCurve loss, gradient_norm, lr, momentum;
  // One point per validation, over steps.
  std::span<const float> test_steps() const { return test_steps_; }
  std::span<const float> valid_loss() const { return valid_loss_; }
  std::span<const float> valid_accuracy() const { return valid_accuracy_; }
  std::span<const LrMark> marks() const { return marks_; }  // marks at the same step are merged
  float greatest_valid_loss() const { return greatest_valid_loss_; }
  float least_valid_loss() const { return least_valid_loss_; }
  float least_accuracy() const { return least_accuracy_; }

  // The run before this one, that was reset or gone back from; null: there was none.
  CurveStore* previous() const { return previous_.get(); }
  // While it is held, a later run does not take its place.
  void hold_previous(bool held) { held_ = held; }

 private:
  void add_epoch(const EpochPoint& epoch);
  void start_over(uint32_t generation);

  uint32_t generation_ = 0;
  size_t marks_seen_ = 0;
  std::vector<float> test_steps_, valid_loss_, valid_accuracy_;
  std::vector<LrMark> marks_;
  float greatest_valid_loss_ = 0, least_valid_loss_ = 0, least_accuracy_ = 1;
  std::unique_ptr<CurveStore> previous_;
  bool held_ = false;
};

}  // namespace downhill::ui
