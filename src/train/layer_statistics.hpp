// What the layers do with the current batch, in numbers: the spread of every layer's outputs, and
// of the gradients of the batch's loss with respect to them. Of a training pass with the weights as
// they are. Dead units, saturated sigmoids and gradients that vanish or explode show here first.
// Nothing of the run is touched.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "autograd/tape.hpp"
#include "base/arena.hpp"
#include "train/findings.hpp"

namespace downhill {

class Trainer;

// In double precision, in order.
Spread spread_of(std::span<const float> numbers);

class LayerStatisticsProbe {
 public:
  // The trainer must outlive it, and not be rebuilt under it.
  explicit LayerStatisticsProbe(Trainer& trainer) : trainer_(trainer) {}

  // First the forward and backward of the batch, then one line of the table a call. False when all
  // lines are there. The trainer may go on meanwhile: what is counted was kept.
  bool advance();
  bool done() const;
  // In the order of the table. Every line has its gradients, frozen or not.
  const std::vector<LayerStatistics>& result() const { return result_; }
  uint32_t step() const { return step_; }  // steps of the run that had been done

 private:
  void pass();

  Trainer& trainer_;
  Arena arena_;
  Tape tape_{arena_};
  std::vector<Var> outputs_;
  std::vector<LayerStatistics> result_;
  uint32_t step_ = 0;
};

}  // namespace downhill
