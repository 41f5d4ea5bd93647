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

  // Adam and AdamW correct both averages for their start at 0.
  constexpr bool is_adam() const { return !momentum.empty() && !squares.empty(); }
};

inline constexpr auto kOptimizers = choice_table<OptimizerRow>({
    {OptimizerKind::sgd, {"sgd", "SGD", "rate × gradient, nothing else", "SGD"}},
    {OptimizerKind::momentum,
     {"momentum", "SGD, momentum", "keeps going in the direction it came from", "SGD"},
     "Momentum"},
    {OptimizerKind::nesterov,
     {"nesterov", "Nesterov", "momentum that looks one step ahead", "SGD, nesterov=True"},
     "Momentum"},
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

}  // namespace downhill
