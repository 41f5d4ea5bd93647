#include "train/layer_statistics.hpp"

#include <algorithm>
#include <cmath>

#include "train/borrowed.hpp"
#include "train/trainer.hpp"

namespace downhill {

namespace {

// Computes mean, extremes and zeros. Returns how many numbers are finite.
size_t first_look(Spread& spread, std::span<const float> numbers) {
  double sum = 0;
  size_t finite = 0, zeros = 0;
  for (const float x : numbers) {
    if (!std::isfinite(x)) continue;
    spread.least = finite == 0 ? x : std::min(spread.least, x);
    spread.greatest = finite == 0 ? x : std::max(spread.greatest, x);
    sum += static_cast<double>(x);
    zeros += x == 0.0f ? 1 : 0;
    ++finite;
  }
  const auto all = static_cast<double>(numbers.size());
  spread.zeros = static_cast<float>(static_cast<double>(zeros) / all);
  spread.not_finite = static_cast<float>(static_cast<double>(numbers.size() - finite) / all);
  spread.mean = finite == 0 ? 0.0f : static_cast<float>(sum / static_cast<double>(finite));
  return finite;
}

}  // namespace

Spread spread_of(std::span<const float> numbers) {
  Spread spread;
  if (numbers.empty()) return spread;
  const size_t finite = first_look(spread, numbers);
  if (finite == 0) return spread;
  const auto mean = static_cast<double>(spread.mean), least = static_cast<double>(spread.least);
  const double range = static_cast<double>(spread.greatest) - least;
  double squares = 0;
  for (const float x : numbers) {
    if (!std::isfinite(x)) continue;
    const auto value = static_cast<double>(x);
    squares += (value - mean) * (value - mean);
    const double place = range > 0 ? (value - least) / range * Spread::kBins : 0;
    ++spread.counts[std::min(static_cast<uint32_t>(place), Spread::kBins - 1)];
  }
  spread.deviation = static_cast<float>(std::sqrt(squares / static_cast<double>(finite)));
  return spread;
}

bool LayerStatisticsProbe::done() const {
  return !outputs_.empty() && result_.size() == outputs_.size();
}

bool LayerStatisticsProbe::advance() {
  if (done()) return false;
  if (outputs_.empty()) {
    pass();
    return true;
  }
  const Var& output = outputs_[result_.size()];
  result_.push_back({.line = static_cast<uint32_t>(result_.size()),
                     .outputs = spread_of(output.value().span()),
                     .gradients = spread_of(output.grad().span())});
  return !done();
}

// The images require a gradient, so every layer's outputs have one; the parameters do not.
void LayerStatisticsProbe::pass() {
  const Task& task = trainer_.task();
  const Batch& batch = trainer_.batch();
  const FrozenParameters frozen(trainer_.model().slabs());
  Pass pass = trainer_.probe().pass();
  pass.outputs = &outputs_;
  tape_.clear();
  const Var images = tape_.variable(task.shape_of_images(batch.size), batch.images());
  task.loss(task.outputs(images, pass), batch).backward();
  step_ = static_cast<uint32_t>(trainer_.steps_done());
}

}  // namespace downhill
