// How the learning rate and the momentum change over a run: pure functions of the step, the same
// bits everywhere. Knows no optimizer and no epochs.
#pragma once

#include <cstdint>

#include "nn/choices.hpp"

namespace downhill {

struct Rates {
  float lr = 0;
  float momentum = 0;
};

// The rates of step `step` (0 is the first) of `total` (> 0) for the chosen `lr` and `momentum`.
// Steps after the last keep the values of the end. With p = step / total, fastai's position of a
// batch, (epoch + batch / batches) / epochs:
//   constant  lr
//   step      lr, lr/10, lr/100 in the three thirds of the run: torch's StepLR with step_size
//             total/3 and gamma 0.1
//   cosine    lr·(1 + cos πp) / 2, down to 0: torch's CosineAnnealingLR with T_max = total
//   warmup    rises linearly during the first tenth of the steps (rounded up), reaches lr in the
//             last of them, then lr
//   onecycle  fastai's fit_one_cycle with its defaults (pct_start 0.25, div 25, div_final 1e5, moms
//             0.95, 0.85, 0.95): from lr/25 up to lr in the first quarter, then down to lr/100000,
//             each along half a cosine. The momentum goes the other way, from 0.95 to 0.85 and
//             back, and replaces `momentum`. torch's OneCycleLR differs: it takes
//             step / (total - 1), and ends at lr/(25·10^4).
// Only schedules with `moves_momentum` change the momentum.
Rates scheduled(ScheduleKind kind, float lr, float momentum, uint64_t step, uint64_t total);

}  // namespace downhill
