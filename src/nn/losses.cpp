#include "nn/losses.hpp"

#include <algorithm>
#include <array>
#include <cassert>

#include "autograd/ops.hpp"
#include "kernels/loss.hpp"
#include "kernels/softmax.hpp"
#include "simd/math.hpp"

namespace downhill {

namespace {

constexpr size_t kMaxOutputs = 256;  // classes are counted in bytes

// A loss that asks each output for itself.
struct ElementLoss {
  Var (*of)(Var output, Var target);
  // The very terms that the kernel sums; `scratch` is as long as they.
  void (*terms)(float* terms, float* scratch, const float* output, const float* target,
                size_t count);
  bool sigmoid;  // the score of an output; otherwise the output itself
};

void mnist_terms(float* terms, float* p, const float* x, const float* t, size_t count) {
  kernels::mnist_loss_forward(terms, p, x, t, count);
}
void bce_terms(float* terms, float*, const float* x, const float* t, size_t count) {
  kernels::bce_with_logits_forward(terms, x, t, count);
}
void mse_terms(float* terms, float*, const float* x, const float* t, size_t count) {
  kernels::mse_forward(terms, x, t, count);
}
void l1_terms(float* terms, float*, const float* x, const float* t, size_t count) {
  kernels::l1_loss_forward(terms, x, t, count);
}

constexpr std::array<ElementLoss, kLossNames.size()> kElementLosses = {{
    {.of = mnist_loss, .terms = mnist_terms, .sigmoid = true},
    {.of = bce_with_logits, .terms = bce_terms, .sigmoid = true},
    {.of = mse, .terms = mse_terms, .sigmoid = false},
    {.of = nullptr, .terms = nullptr, .sigmoid = false},  // cross-entropy asks all outputs together
    {.of = l1_loss, .terms = l1_terms, .sigmoid = false},
}};

const ElementLoss& element_loss(LossKind kind) { return kElementLosses[static_cast<size_t>(kind)]; }

// What a single output says, by its score for the class named first.
uint8_t class_of_score(float score) { return score > 0.5f ? 0 : 1; }

}  // namespace

uint32_t output_count(LossKind loss, uint32_t classes) {
  return classes == 2 && loss != LossKind::crossentropy ? 1 : classes;
}

Objective::Objective(LossKind loss, uint32_t classes)
    : kind_(loss), classes_(classes), outputs_(output_count(loss, classes)) {
  assert(classes >= 2 && outputs_ <= kMaxOutputs);
}

void Objective::write_targets(std::span<const uint8_t> classes, std::span<float> targets) const {
  assert(targets.size() == classes.size() * this->targets());
  if (kind_ == LossKind::crossentropy) {
    std::ranges::copy(classes, targets.begin());
    return;
  }
  if (outputs_ == 1) {
    std::ranges::transform(classes, targets.begin(),
                           [](uint8_t c) { return c == 0 ? 1.0f : 0.0f; });
    return;
  }
  std::ranges::fill(targets, 0.0f);
  for (size_t i = 0; i < classes.size(); ++i) {
    if (classes[i] < outputs_) targets[i * outputs_ + classes[i]] = 1.0f;
  }
}

Var Objective::of(Var outputs, Var target) const {
  if (kind_ == LossKind::crossentropy) return softmax_cross_entropy(outputs, target);
  return element_loss(kind_).of(outputs, target);
}

float Objective::item(std::span<const float> outputs, uint8_t true_class) const {
  std::array<float, kMaxOutputs> terms, scratch;
  if (kind_ == LossKind::crossentropy) {
    const auto target = static_cast<float>(true_class);
    return kernels::softmax_cross_entropy_forward(terms.data(), scratch.data(), outputs.data(),
                                                  &target, {1, outputs_});
  }
  std::array<float, kMaxOutputs> target;
  write_targets({&true_class, 1}, std::span(target).first(outputs_));
  element_loss(kind_).terms(terms.data(), scratch.data(), outputs.data(), target.data(), outputs_);
  float sum = 0;
  for (uint32_t j = 0; j < outputs_; ++j) sum += terms[j];
  return sum / static_cast<float>(outputs_);
}

void Objective::scores(std::span<const float> outputs, std::span<float> scores) const {
  if (kind_ == LossKind::crossentropy) {
    kernels::softmax_forward(scores.data(), outputs.data(), {1, outputs_});
    return;
  }
  const bool sigmoid = element_loss(kind_).sigmoid;
  for (uint32_t j = 0; j < outputs_; ++j) {
    scores[j] = sigmoid ? simd::sigmoid(outputs[j]) : outputs[j];
  }
}

uint8_t Objective::answer(std::span<const float> outputs) const {
  if (outputs_ == 1) {
    float score = 0;
    scores(outputs, {&score, 1});
    return class_of_score(score);
  }
  return static_cast<uint8_t>(std::ranges::max_element(outputs) - outputs.begin());
}

uint32_t Objective::count_correct(std::span<const float> outputs,
                                  std::span<const uint8_t> classes) const {
  assert(outputs.size() == classes.size() * outputs_);
  uint32_t correct = 0;
  if (outputs_ > 1) {
    for (size_t i = 0; i < classes.size(); ++i) {
      correct += answer(outputs.subspan(i * outputs_, outputs_)) == classes[i] ? 1u : 0u;
    }
    return correct;
  }
  const bool sigmoid = element_loss(kind_).sigmoid;
  for (size_t i = 0; i < classes.size(); i += 4) {  // answer() of four images
    const uint32_t lanes = static_cast<uint32_t>(std::min<size_t>(4, classes.size() - i));
    const simd::f32x4 output = simd::f32x4::load_partial(outputs.data() + i, lanes);
    float scores[4];
    store(scores, sigmoid ? simd::sigmoid(output) : output);
    for (uint32_t k = 0; k < lanes; ++k) {
      correct += class_of_score(scores[k]) == classes[i + k] ? 1u : 0u;
    }
  }
  return correct;
}

}  // namespace downhill
