// Slows down what is shown to what eyes can follow. While training is faster than that, digits,
// numbers and gradients are held for a fifth of a second, so that they can be read; weights and
// curves change with every snapshot. Nothing is averaged: everything that is held was true at one
// and the same moment.
#pragma once

#include <cstdint>

#include "session/command.hpp"
#include "session/snapshot.hpp"

namespace downhill::ui {

// True when phases follow each other too fast to be shown one by one.
inline bool too_fast_for_eyes(const Status& status) {
  return status.running && (status.speed <= 0 || status.speed > 2.5f);
}

class Shown {
 public:
  // `id` changes with every new snapshot. The result is good until the next call.
  const Snapshot& update(const Snapshot& live, uint64_t id, double time);

  // The parts that would not be shown if they arrived now, according to the last update.
  uint32_t deferrable_parts(double time) const;

  uint64_t calm_id() const { return calm_id_; }  // of batch, gradients, status
  uint64_t live_id() const { return live_id_; }  // of weights

 private:
  void hold(const Snapshot& live);

  Snapshot held_;
  double held_since_ = -1;
  uint64_t calm_id_ = 0, live_id_ = 0;
};

}  // namespace downhill::ui
