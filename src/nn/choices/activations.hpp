// The activations a learner chooses from: the function between two layers. Words only; the
// functions are in activations.cpp.
#pragma once

#include <cstdint>

#include "base/choice_table.hpp"

namespace downhill {

enum class ActivationKind : uint8_t { relu, leaky_relu, sigmoid, tanh, gelu };

struct ActivationRow {
  ActivationKind kind;
  ChoiceWords words;
};

inline constexpr auto kActivations = choice_table<ActivationRow>({
    {ActivationKind::relu, {"relu", "ReLU", "negative numbers become 0", "ReLU"}},
    {ActivationKind::leaky_relu,
     {"leakyrelu", "leaky ReLU", "negative numbers become a hundredth", "LeakyReLU"}},
    {ActivationKind::sigmoid,
     {"sigmoid", "sigmoid", "every number lies between 0 and 1", "Sigmoid"}},
    {ActivationKind::tanh, {"tanh", "tanh", "every number lies between −1 and 1", "Tanh"}},
    {ActivationKind::gelu, {"gelu", "GELU", "a ReLU with a soft bend", "GELU"}},
});

}  // namespace downhill
