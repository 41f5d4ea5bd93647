#include "nn/init.hpp"

#include <algorithm>
#include <cmath>

namespace downhill {

namespace {
constexpr float kTooLarge = 3.0f;  // the standard deviation
}

void initialize(InitKind kind, std::span<float> values, uint32_t fan_in, uint32_t fan_out,
                bool bias, Rng rng) {
  const float n = static_cast<float>(std::max(fan_in, 1u));
  const float bound = 1.0f / std::sqrt(n);
  const float deviation = std::sqrt(2.0f / n);
  const float glorot =
      std::sqrt(6.0f / std::max(static_cast<float>(fan_in) + static_cast<float>(fan_out), 1.0f));
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
      case InitKind::large:
        value = bias ? 0.0f : kTooLarge * rng.normal();
        break;
      case InitKind::glorot:
        value = bias ? 0.0f : rng.uniform(-glorot, glorot);
        break;
    }
  }
}

}  // namespace downhill
