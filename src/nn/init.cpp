#include "nn/init.hpp"

#include <algorithm>
#include <cmath>

namespace downhill {
namespace {

template <class Draw>
void fill(std::span<float> values, Rng& rng, Draw draw) {
  for (float& value : values) value = draw(rng);
}

}  // namespace

void initialize(InitKind kind, std::span<float> values, uint32_t fan_in, uint32_t fan_out,
                bool bias, Rng rng) {
  const auto in = static_cast<float>(std::max(fan_in, 1u));
  const auto both = std::max(static_cast<float>(fan_in) + static_cast<float>(fan_out), 1.0f);
  const auto uniform = [&](float bound) {
    fill(values, rng, [=](Rng& r) { return r.uniform(-bound, bound); });
  };
  const auto normal = [&](float deviation) {
    fill(values, rng, [=](Rng& r) { return deviation * r.normal(); });
  };
  const auto zero = [&] { std::ranges::fill(values, 0.0f); };
  switch (kind) {
    // Uniform in ±1/sqrt(fan_in), weights and biases: the default of torch.nn.Linear (the same as
    // kaiming_uniform with a = sqrt(5)).
    case InitKind::pytorch:
      return uniform(1.0f / std::sqrt(in));
    // N(0, 1), weights and biases: torch.randn, as in the book.
    case InitKind::normal:
      return normal(1.0f);
    // N(0, 2/fan_in). He et al., "Delving Deep into Rectifiers", 2015.
    case InitKind::he:
      return bias ? zero() : normal(std::sqrt(2.0f / in));
    // All hidden units stay alike.
    case InitKind::zero:
      return zero();
    // N(0, 9): too large on purpose. A first unit starts at ten to thirty, where a sigmoid is flat,
    // and each layer makes the signal larger.
    case InitKind::large:
      return bias ? zero() : normal(3.0f);
    // Uniform in ±sqrt(6 / (fan_in + fan_out)). Glorot and Bengio, "Understanding the difficulty of
    // training deep feedforward neural networks", 2010, eq. 16.
    case InitKind::glorot:
      return bias ? zero() : uniform(std::sqrt(6.0f / both));
  }
}

}  // namespace downhill
