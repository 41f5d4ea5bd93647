#include "train/loss_line.hpp"

#include "kernels/reductions/reduce.hpp"
#include "train/borrowed.hpp"
#include "train/trainer.hpp"

namespace downhill {

LossLineProbe::LossLineProbe(Trainer& trainer)
    : trainer_(trainer),
      gradient_(trainer.model().slabs().values().size()),
      weights_(gradient_.size()) {
  trainer.probe().gradient(gradient_);
  const float squares = kernels::sum_of_squares(gradient_.data(), gradient_.size());
  result_.step = static_cast<uint32_t>(trainer.steps_done());
  result_.batch = trainer.batch_number() + 1;
  result_.lr = trainer.rates().lr;
  result_.loss = trainer.probe().loss();
  result_.slope = -(result_.lr * squares);
  result_.distances.reserve(kPoints);
  result_.losses.reserve(kPoints);
}

bool LossLineProbe::advance() {
  if (done()) return false;
  ParameterSlabs& slabs = trainer_.model().slabs();
  const BorrowedWeights borrowed(slabs, weights_);
  const float t = distance(static_cast<uint32_t>(result_.losses.size()));
  const float length = t * result_.lr;
  const std::span<float> w = slabs.values();
  for (size_t i = 0; i < w.size(); ++i) w[i] = w[i] - length * gradient_[i];
  result_.distances.push_back(t);
  result_.losses.push_back(trainer_.probe().loss());
  return !done();
}

}  // namespace downhill
