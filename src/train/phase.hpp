// The seven phases of training, which the article calls its seven steps. The trainer advances
// through them one at a time, the page shows them as its rail, and tests and documents use the same
// seven names.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace downhill {

enum class Phase : uint8_t {
  initialize,  // 1 give every weight its first value
  predict,     // 2 run the batch through the model
  loss,        // 3 one number: how bad the predictions are
  gradient,    // 4 how the loss changes with each weight (backward)
  step,        // 5 move every weight against its gradient, by the optimizer's rule
  repeat,      // 6 next batch; at the end of an epoch validation
  stop,        // 7 a stop rule fired
};

inline constexpr int kPhaseCount = 7;
inline constexpr std::array<std::string_view, kPhaseCount> kPhaseNames = {
    "initialize", "predict", "loss", "gradient", "step", "repeat", "stop"};

constexpr std::string_view phase_name(Phase phase) {
  return kPhaseNames[static_cast<size_t>(phase)];
}

constexpr std::optional<Phase> parse_phase(std::string_view name) {
  for (size_t i = 0; i < kPhaseNames.size(); ++i) {
    if (kPhaseNames[i] == name) return static_cast<Phase>(i);
  }
  return std::nullopt;
}

}  // namespace downhill
