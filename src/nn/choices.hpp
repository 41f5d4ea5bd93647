// The names a learner chooses from: which loss, which optimizer, which schedule, which first
// weights, which activation. Plain enumerations with the words that stand in links, files and
// menus; what they do is in losses, optimizers, schedules, init and layers beside this.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace downhill {

enum class LossKind : uint8_t { mnist, bce, mse, crossentropy, l1 };
inline constexpr std::array<std::string_view, 5> kLossNames = {"mnist", "bce", "mse",
                                                               "crossentropy", "l1"};

enum class OptimizerKind : uint8_t { sgd };
inline constexpr std::array<std::string_view, 1> kOptimizerNames = {"sgd"};

enum class InitKind : uint8_t { pytorch, normal, he, zero };
inline constexpr std::array<std::string_view, 4> kInitNames = {"pytorch", "normal", "he", "zero"};

enum class ActivationKind : uint8_t { relu, leaky_relu, sigmoid, tanh, gelu };
inline constexpr std::array<std::string_view, 5> kActivationNames = {"relu", "leakyrelu", "sigmoid",
                                                                     "tanh", "gelu"};

}  // namespace downhill
