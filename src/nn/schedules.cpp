#include "nn/schedules.hpp"

#include <algorithm>
#include <cassert>

#include "simd/math.hpp"

namespace downhill {
namespace {

constexpr double kPi = 3.14159265358979323846;

// (1 + cos πp) / 2 for p = done / all, from 1 down to 0. It is computed as the square of a sine,
// because 1 + cos would lose all digits near the end.
float half_cosine(uint64_t done, uint64_t all) {
  const double left = static_cast<double>(all - done) / static_cast<double>(all);
  const float sine = simd::sin(static_cast<float>(kPi / 2 * left));
  return sine * sine;
}

// From `start` to `end` along half a cosine.
float anneal(float start, float end, uint64_t done, uint64_t all) {
  return start * half_cosine(done, all) + end * half_cosine(all - done, all);
}

// fastai's fit_one_cycle with its defaults (pct_start 0.25, div 25, div_final 1e5, moms 0.95, 0.85,
// 0.95): from lr/25 up to lr in the first quarter, then down to lr/100000, each along half a
// cosine. The momentum goes the other way, from 0.95 to 0.85 and back. torch's OneCycleLR differs:
// it takes step / (total - 1), and ends at lr/(25·10^4).
Rates one_cycle(float lr, uint64_t step, uint64_t total) {
  constexpr float kDiv = 25.0f, kDivFinal = 1e5f, kHigh = 0.95f, kLow = 0.85f;
  // A quarter up, three quarters down, counted in quarters of a step to stay in whole numbers.
  if (4 * step < total) {
    return {anneal(lr / kDiv, lr, 4 * step, total), anneal(kHigh, kLow, 4 * step, total)};
  }
  const uint64_t done = 4 * step - total, all = 3 * total;
  return {anneal(lr, lr / kDivFinal, done, all), anneal(kLow, kHigh, done, all)};
}

}  // namespace

// With p = step / total, fastai's position of a batch, (epoch + batch / batches) / epochs.
Rates scheduled(ScheduleKind kind, float lr, float momentum, uint64_t step, uint64_t total) {
  assert(total > 0);
  step = std::min(step, total);
  switch (kind) {
    case ScheduleKind::constant:
      return {lr, momentum};
    // lr, lr/10, lr/100 in the three thirds of the run: torch's StepLR with step_size total/3 and
    // gamma 0.1.
    case ScheduleKind::step: {
      constexpr float kFactors[] = {1.0f, 10.0f, 100.0f};
      return {lr / kFactors[std::min<uint64_t>(3 * step / total, 2)], momentum};
    }
    // lr·(1 + cos πp) / 2, down to 0: torch's CosineAnnealingLR with T_max = total.
    case ScheduleKind::cosine:
      return {lr * half_cosine(step, total), momentum};
    // Rises linearly during the first tenth of the steps (rounded up) and reaches lr in the last of
    // them: torch's LinearLR.
    case ScheduleKind::warmup: {
      const uint64_t warm = (total + 9) / 10, risen = std::min(step + 1, warm);
      return {lr * (static_cast<float>(risen) / static_cast<float>(warm)), momentum};
    }
    case ScheduleKind::onecycle:
      return one_cycle(lr, step, total);
  }
  return {lr, momentum};
}

}  // namespace downhill
