// The layers in numbers, in a training pass of the current batch with the current weights: the
// spread of every layer's outputs, and of the gradients of the batch's loss with respect to them.
// Dead units, saturated sigmoids and gradients that vanish or explode show here first. The run is
// untouched.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "autograd/tape.hpp"
#include "base/arena.hpp"
#include "train/findings.hpp"

namespace downhill {

class Trainer;

// Computed in double precision, in order.
Spread spread_of(std::span<const float> numbers);

class LayerStatisticsProbe {
 public:
  // The trainer must outlive it, and must not be rebuilt meanwhile.
  explicit LayerStatisticsProbe(Trainer& trainer) : trainer_(trainer) {}

  // The first call does the forward and backward of the batch, each further call one line of the
  // table. False when all lines are there. The trainer may go on meanwhile.
  bool advance();
  bool done() const;
  // In the order of the table. Frozen layers have gradients of their outputs, too.
  const std::vector<LayerStatistics>& result() const { return result_; }
  uint32_t step() const { return step_; }  // steps that the run had done

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
