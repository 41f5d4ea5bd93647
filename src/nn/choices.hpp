// The names a learner chooses from: which loss, which optimizer and schedule, which first weights,
// which activation. Plain enumerations with the words that stand in links, files and menus; what
// they do is in losses, optimizers, schedules, init and layers beside this.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace downhill {

enum class LossKind : uint8_t { mnist, bce, mse, crossentropy, l1 };
inline constexpr std::array<std::string_view, 5> kLossNames = {"mnist", "bce", "mse",
                                                               "crossentropy", "l1"};

enum class OptimizerKind : uint8_t { sgd, momentum, nesterov, rmsprop, adam, adamw };
inline constexpr std::array<std::string_view, 6> kOptimizerNames = {
    "sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw"};

enum class ScheduleKind : uint8_t { constant, step, cosine, warmup, onecycle };
inline constexpr std::array<std::string_view, 5> kScheduleNames = {"constant", "step", "cosine",
                                                                   "warmup", "onecycle"};

enum class InitKind : uint8_t { pytorch, normal, he, zero, large, glorot };
inline constexpr std::array<std::string_view, 6> kInitNames = {"pytorch", "normal", "he",
                                                               "zero",    "large",  "glorot"};

enum class ActivationKind : uint8_t { relu, leaky_relu, sigmoid, tanh, gelu };
inline constexpr std::array<std::string_view, 5> kActivationNames = {"relu", "leakyrelu", "sigmoid",
                                                                     "tanh", "gelu"};

}  // namespace downhill
