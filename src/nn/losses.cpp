#include "nn/losses.hpp"

#include <array>
#include <cassert>

#include "autograd/ops.hpp"
#include "simd/math.hpp"

namespace downhill {

namespace {

float wrong_part(float p, float target) { return target == 1.0f ? 1.0f - p : p; }

constexpr std::array<Loss, kLossNames.size()> kLosses = {{
    {.of = mnist_loss,
     .item = [](float output, float target) { return wrong_part(simd::sigmoid(output), target); },
     .score = [](float output) { return simd::sigmoid(output); }},
    {.of = bce_with_logits,
     .item = [](float output, float target) { return simd::softplus(output) - output * target; },
     .score = [](float output) { return simd::sigmoid(output); }},
    {.of = mse,
     .item = [](float output, float target) { return (output - target) * (output - target); },
     .score = [](float output) { return output; }},
}};

}  // namespace

const Loss& loss_table(LossKind kind) { return kLosses[static_cast<size_t>(kind)]; }

uint32_t count_correct(const Loss& loss, std::span<const float> outputs,
                       std::span<const float> targets) {
  assert(outputs.size() == targets.size());
  uint32_t correct = 0;
  for (size_t i = 0; i < outputs.size(); ++i) {
    const bool says_three = loss.score(outputs[i]) > 0.5f;
    correct += says_three == (targets[i] == 1.0f) ? 1u : 0u;
  }
  return correct;
}

}  // namespace downhill
