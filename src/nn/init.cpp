#include "nn/init.hpp"

#include <algorithm>
#include <cmath>

namespace downhill {

void initialize(InitKind kind, std::span<float> values, uint32_t fan_in, bool bias, Rng rng) {
  const float n = static_cast<float>(std::max(fan_in, 1u));
  const float bound = 1.0f / std::sqrt(n);
  const float deviation = std::sqrt(2.0f / n);
  for (float& value : values) {
    switch (kind) {
      case InitKind::pytorch:
        value = rng.uniform(-bound, bound);
        break;
      case InitKind::normal:
        value = rng.normal();
        break;
      case InitKind::he:
        value = bias ? 0.0f : deviation * rng.normal();
        break;
      case InitKind::zero:
        value = 0.0f;
        break;
    }
  }
}

}  // namespace downhill
