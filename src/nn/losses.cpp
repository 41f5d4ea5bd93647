#include "nn/losses.hpp"

#include <array>
#include <cassert>

#include "autograd/ops.hpp"
#include "kernels/loss.hpp"
#include "simd/math.hpp"

namespace downhill {

namespace {

// The very terms that the kernel sums, one at a time.
float mnist_item(float output, float target) {
  float term = 0, p = 0;
  kernels::mnist_loss_forward(&term, &p, &output, &target, 1);
  return term;
}

float bce_item(float output, float target) {
  float term = 0;
  kernels::bce_with_logits_forward(&term, &output, &target, 1);
  return term;
}

float mse_item(float output, float target) {
  float term = 0;
  kernels::mse_forward(&term, &output, &target, 1);
  return term;
}

constexpr std::array<Loss, kLossNames.size()> kLosses = {{
    {.of = mnist_loss,
     .item = mnist_item,
     .score = [](float output) { return simd::sigmoid(output); }},
    {.of = bce_with_logits,
     .item = bce_item,
     .score = [](float output) { return simd::sigmoid(output); }},
    {.of = mse, .item = mse_item, .score = [](float output) { return output; }},
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
