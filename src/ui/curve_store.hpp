// The curves of the run in a form that draws fast: fed from the snapshot's growing vectors, new
// points only, and decimated once per change. Starts anew when the curves' generation changes.
// Knows no drawing.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "session/snapshot.hpp"
#include "ui/curve_pyramid.hpp"

namespace downhill::ui {

struct CurvePoints {
  std::span<const float> xs, ys;
};

// One curve over steps with its points for one width.
class StepCurve {
 public:
  CurvePyramid pyramid;
  // At most about two points per column; made again only when the curve or the width changed.
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
  // One point per automatic test, over steps.
  std::span<const float> test_steps() const { return test_steps_; }
  std::span<const float> valid_loss() const { return valid_loss_; }
  std::span<const float> valid_accuracy() const { return valid_accuracy_; }
  std::span<const LrMark> marks() const { return marks_; }  // those of one step joined
  float greatest_valid_loss() const { return greatest_valid_loss_; }
  float least_valid_loss() const { return least_valid_loss_; }
  float least_accuracy() const { return least_accuracy_; }

 private:
  void add_epoch(const EpochPoint& epoch);

  uint32_t generation_ = 0;
  size_t marks_seen_ = 0;
  std::vector<float> test_steps_, valid_loss_, valid_accuracy_;
  std::vector<LrMark> marks_;
  float greatest_valid_loss_ = 0, least_valid_loss_ = 0, least_accuracy_ = 1;
};

}  // namespace downhill::ui
