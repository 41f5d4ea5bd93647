#include "train/lr_finder.hpp"

#include "train/trainer.hpp"

namespace downhill {

LrFinder::LrFinder(Trainer& trainer)
    : excursion_(trainer), recorder_(static_cast<uint32_t>(trainer.steps_done())) {}

bool LrFinder::advance() {
  if (done_) return false;
  done_ = !recorder_.add(excursion_.step(SweepRecorder::rate(recorder_.count())));
  return !done_;
}

}  // namespace downhill
