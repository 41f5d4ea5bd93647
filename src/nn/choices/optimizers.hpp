// The optimizers a learner chooses from. Words and traits only; the update rules are in
// nn/optimizers.cpp.
#pragma once

#include <cstdint>

#include "base/choice_table.hpp"

namespace downhill {

enum class OptimizerKind : uint8_t { sgd, momentum, nesterov, rmsprop, adam, adamw };

struct OptimizerRow {
  OptimizerKind kind;
  ChoiceWords words;
  // What PyTorch calls the two averages an optimizer keeps; empty if it does not keep that one.
  std::string_view momentum = {};  // of gradients: the field `momentum`
  std::string_view squares = {};   // of squared gradients: the fields `beta2` and `eps`
  bool decoupled = false;  // weight decay shrinks the weights instead of joining the gradient
  // How sharp a valley it can stay in: at a constant rate above `stable`(momentum)/λ the full-batch
  // method diverges along the eigenvector with the largest eigenvalue λ of the Hessian. Null: a rate
  // that is divided by each weight's gradient size has no limit that follows from λ.
  float (*stable)(float momentum) = nullptr;
  std::string_view limit = {};  // the same in words

  // Adam and AdamW correct both averages for their start at 0.
  constexpr bool is_adam() const { return !momentum.empty() && !squares.empty(); }
};

// B. Polyak (1964) for the heavy ball; J. Cohen et al., "Gradient descent on neural networks
// typically occurs at the edge of stability" (ICLR 2021) for Nesterov's.
inline constexpr auto kOptimizers = choice_table<OptimizerRow>({
    {OptimizerKind::sgd,
     {"sgd", "SGD", "rate × gradient, nothing else", "SGD"},
     {},
     {},
     false,
     [](float) { return 2.0f; },
     "2/λ"},
    {OptimizerKind::momentum,
     {"momentum", "SGD, momentum", "keeps going in the direction it came from", "SGD"},
     "Momentum",
     {},
     false,
     [](float beta) { return 2 * (1 + beta); },
     "2(1 + β)/λ"},
    {OptimizerKind::nesterov,
     {"nesterov", "Nesterov", "momentum that looks one step ahead", "SGD, nesterov=True"},
     "Momentum",
     {},
     false,
     [](float beta) { return 2 * (1 + beta) / (1 + 2 * beta); },
     "2(1 + β)/((1 + 2β)λ)"},
    {OptimizerKind::rmsprop,
     {"rmsprop", "RMSprop", "each weight's gradient divided by its usual size", "RMSprop"},
     {},
     "Alpha"},
    {OptimizerKind::adam,
     {"adam", "Adam", "momentum, divided by the gradient's usual size", "Adam"},
     "Beta 1",
     "Beta 2"},
    {OptimizerKind::adamw,
     {"adamw", "AdamW", "Adam with separate weight decay, as in fastai", "AdamW"},
     "Beta 1",
     "Beta 2",
     true},
});

// The largest rate at which the optimizer can stay in a valley whose sharpest direction has the
// eigenvalue `lambda`. 0: there is none, because it does not curve upwards or for such an optimizer.
constexpr float stable_lr(OptimizerKind kind, float momentum, float lambda) {
  const OptimizerRow& row = kOptimizers[kind];
  return row.stable != nullptr && lambda > 0 ? row.stable(momentum) / lambda : 0;
}

}  // namespace downhill
