#include "train/run_view.hpp"

#include <algorithm>

namespace downhill {

uint32_t RunView::batch_in_epoch() const {
  const auto done = static_cast<uint32_t>(place_.batches() % batches_per_epoch_);
  const bool at_end = done == 0 && place_.phases > 0 && place_.between_batches();
  return at_end ? batches_per_epoch_ : done;
}

// The schedule runs from its last start to the end of the run, as it is now.
Rates RunView::planned_rates(uint32_t step) const {
  const uint64_t start = uint64_t{schedule_starts_.back()} * batches_per_epoch_;
  const uint64_t end = uint64_t{stop_.epoch_limit()} * batches_per_epoch_;
  const uint64_t done = step - 1 > start ? step - 1 - start : 0;
  return scheduled(spec_.schedule, recorder_.lr_at(step), spec_.momentum, done,
                   std::max<uint64_t>(end > start ? end - start : 0, 1));
}

const EpochPoint& RunView::tested() const {
  static constexpr EpochPoint kNone = {0, 0, kUnknown, kUnknown, kUnknown};
  const std::span<const EpochPoint> epochs = recorder_.epochs();
  if (epochs.empty()) return kNone;
  return best_is_back_ ? epochs[test_->best_epoch()] : epochs.back();
}

float RunView::best_valid_accuracy() const {
  if (recorder_.epochs().empty()) return kUnknown;
  if (objective().classes() == 0) return kUnknown;
  float best = 0;
  for (const EpochPoint& point : recorder_.epochs()) best = std::max(best, point.valid_accuracy);
  return best;
}

}  // namespace downhill
