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

Rates scheduled(ScheduleKind kind, float lr, float momentum, uint64_t step, uint64_t total) {
  assert(total > 0);
  step = std::min(step, total);
  switch (kind) {
    case ScheduleKind::constant:
      break;
    case ScheduleKind::step: {
      constexpr float kFactors[] = {1.0f, 10.0f, 100.0f};
      return {lr / kFactors[std::min<uint64_t>(3 * step / total, 2)], momentum};
    }
    case ScheduleKind::cosine:
      return {lr * half_cosine(step, total), momentum};
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
