#include "nn/losses.hpp"

#include <algorithm>
#include <array>
#include <cassert>

#include "autograd/ops.hpp"
#include "kernels/reductions/loss.hpp"
#include "kernels/reductions/softmax.hpp"
#include "simd/math.hpp"

namespace downhill {

namespace {

constexpr size_t kMaxOutputs = 256;  // classes are counted in bytes

// A loss that is a mean over single outputs.
struct ElementLoss {
  Var (*of)(Var output, Var target) = nullptr;
  Var (*tangent)(Dual output, Var target) = nullptr;
  // Its value, and the terms that the kernel sums. terms, scratch, output, target: [count].
  float (*mean)(float* terms, float* scratch, const float* output, const float* target,
                size_t count) = nullptr;
};

float mnist_mean(float* terms, float* p, const float* x, const float* t, size_t count) {
  return kernels::mnist_loss_forward(terms, p, x, t, count);
}
float bce_mean(float* terms, float*, const float* x, const float* t, size_t count) {
  return kernels::bce_with_logits_forward(terms, x, t, count);
}
float mse_mean(float* terms, float*, const float* x, const float* t, size_t count) {
  return kernels::mse_forward(terms, x, t, count);
}
float l1_mean(float* terms, float*, const float* x, const float* t, size_t count) {
  return kernels::l1_loss_forward(terms, x, t, count);
}

ElementLoss element_loss(LossKind kind) {
  switch (kind) {
    case LossKind::mnist:
      return {mnist_loss, mnist_loss_tangent, mnist_mean};
    case LossKind::bce:
      return {bce_with_logits, bce_with_logits_tangent, bce_mean};
    case LossKind::mse:
      return {mse, mse_tangent, mse_mean};
    case LossKind::l1:
      return {l1_loss, l1_loss_tangent, l1_mean};
    case LossKind::crossentropy:
      return {};  // a function of all outputs together
  }
  return {};
}

bool takes_sigmoids(LossKind kind) { return kLosses[kind].scores == LossScores::sigmoids; }

// The answer of a single output, from its score for the class named first.
uint8_t class_of_score(float score) { return score > 0.5f ? 0 : 1; }

}  // namespace

uint32_t output_count(LossKind loss, uint32_t classes) {
  return classes == 2 && !has_class_target(loss) ? 1 : classes;
}

Objective::Objective(LossKind loss, uint32_t classes, uint32_t outputs, bool counts_mistakes)
    : kind_(loss), classes_(classes), outputs_(outputs), counts_mistakes_(counts_mistakes) {}

Objective::Objective(LossKind loss, uint32_t classes, Fault fault)
    : Objective(loss, classes, output_count(loss, classes), fault == Fault::accuracy) {
  assert(classes >= 2 && outputs_ <= kMaxOutputs);
}

Objective Objective::of_numbers(LossKind loss) {
  assert(fits_numbers(loss));
  return {loss, 0, 1, false};
}

void Objective::write_targets(const Truths& truths, std::span<float> targets) const {
  assert(targets.size() == truths.size() * this->targets());
  if (classes_ == 0) {
    std::ranges::copy(truths.numbers, targets.begin());
    return;
  }
  const std::span<const uint8_t> classes = truths.classes;
  if (has_class_target(kind_)) {
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

template <class F>
void Objective::for_each_answer(std::span<const float> outputs, F f) const {
  const size_t n = outputs.size() / outputs_;
  if (outputs_ > 1) {
    for (size_t i = 0; i < n; ++i) f(i, answer(outputs.subspan(i * outputs_, outputs_)));
    return;
  }
  const bool sigmoid = takes_sigmoids(kind_);
  for (size_t i = 0; i < n; i += 4) {  // answer() of four images
    const uint32_t lanes = static_cast<uint32_t>(std::min<size_t>(4, n - i));
    const simd::f32x4 output = simd::f32x4::load_partial(outputs.data() + i, lanes);
    float scores[4];
    store(scores, sigmoid ? simd::sigmoid(output) : output);
    for (uint32_t k = 0; k < lanes; ++k) f(i + k, class_of_score(scores[k]));
  }
}

Var Objective::mistakes(Var outputs, std::span<const uint8_t> classes) const {
  const size_t n = classes.size();
  const size_t wrong = n - count_correct(outputs.value().span(), classes);
  return sum(outputs * 0.0f) + static_cast<float>(wrong) / static_cast<float>(n);
}

Var Objective::of(Var outputs, Var target) const {
  if (has_class_target(kind_)) return softmax_cross_entropy(outputs, target);
  return element_loss(kind_).of(outputs, target);
}

Var Objective::tangent(Dual outputs, Var target) const {
  if (counts_mistakes_) return {};
  if (has_class_target(kind_)) return softmax_cross_entropy_tangent(outputs, target);
  return element_loss(kind_).tangent(outputs, target);
}

float Objective::items(std::span<const float> outputs, const Truths& truths,
                       std::span<float> losses, std::span<float> room) const {
  const size_t n = truths.size(), count = n * outputs_;
  const std::span<const uint8_t> classes = truths.classes;
  assert(outputs.size() == count && losses.size() == n && room.size() == n * room_per_image());
  if (counts_mistakes_) {
    for_each_answer(outputs,
                    [&](size_t i, uint8_t a) { losses[i] = a == classes[i] ? 0.0f : 1.0f; });
    return static_cast<float>(n - count_correct(outputs, classes)) / static_cast<float>(n);
  }
  float *const scratch = room.data(), *const terms = scratch + count, *const target = terms + count;
  write_targets(truths, {target, n * targets()});
  if (has_class_target(kind_)) {
    return kernels::softmax_cross_entropy_forward(losses.data(), scratch, outputs.data(), target,
                                                  {n, outputs_});
  }
  const ElementLoss loss = element_loss(kind_);
  if (outputs_ == 1) return loss.mean(losses.data(), scratch, outputs.data(), target, count);
  const float mean = loss.mean(terms, scratch, outputs.data(), target, count);
  for (size_t i = 0; i < n; ++i) {
    float sum = 0;
    for (size_t j = i * outputs_; j < (i + 1) * outputs_; ++j) sum += terms[j];
    losses[i] = sum / static_cast<float>(outputs_);
  }
  return mean;
}

float Objective::item(std::span<const float> outputs, uint8_t true_class) const {
  std::array<float, 3 * kMaxOutputs> room;
  float loss = 0;
  items(outputs, std::span<const uint8_t>(&true_class, 1), {&loss, 1},
        std::span(room).first(room_per_image()));
  return loss;
}

void Objective::scores(std::span<const float> outputs, std::span<float> scores) const {
  if (has_class_target(kind_)) {
    kernels::softmax_forward(scores.data(), outputs.data(), {1, outputs_});
    return;
  }
  const bool sigmoid = takes_sigmoids(kind_);
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

void Objective::answers(std::span<const float> outputs, std::span<uint8_t> answers) const {
  assert(outputs.size() == answers.size() * outputs_);
  for_each_answer(outputs, [&](size_t i, uint8_t answer) { answers[i] = answer; });
}

uint32_t Objective::count_correct(std::span<const float> outputs,
                                  std::span<const uint8_t> classes) const {
  assert(outputs.size() == classes.size() * outputs_);
  uint32_t correct = 0;
  for_each_answer(outputs,
                  [&](size_t i, uint8_t answer) { correct += answer == classes[i] ? 1u : 0u; });
  return correct;
}

}  // namespace downhill
