// The names a learner chooses from: which loss, which optimizer, which first weights. Plain
// enumerations with the words that stand in links, files and menus; what they do is in losses,
// optimizers and init beside this.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace downhill {

enum class LossKind : uint8_t { mnist, bce, mse };
inline constexpr std::array<std::string_view, 3> kLossNames = {"mnist", "bce", "mse"};

enum class OptimizerKind : uint8_t { sgd };
inline constexpr std::array<std::string_view, 1> kOptimizerNames = {"sgd"};

enum class InitKind : uint8_t { pytorch, normal, he, zero };
inline constexpr std::array<std::string_view, 4> kInitNames = {"pytorch", "normal", "he", "zero"};

}  // namespace downhill
