// The initial weights a learner chooses from. Words only; the distributions are in nn/init.cpp.
#pragma once

#include <cstdint>

#include "base/choice_table.hpp"

namespace downhill {

enum class InitKind : uint8_t { pytorch, normal, he, zero, large, glorot };

struct InitRow {
  InitKind kind;
  ChoiceWords words;
};

inline constexpr auto kInits = choice_table<InitRow>({
    {InitKind::pytorch, {"pytorch", "PyTorch", "uniform within ±1/√inputs", "the layers' default"}},
    {InitKind::normal,
     {"normal", "N(0, 1)", "a bell curve, far too wide for deep models", "normal_"}},
    {InitKind::he, {"he", "He", "a bell curve, made for ReLU", "kaiming_normal_"}},
    {InitKind::zero, {"zero", "zero", "all the same: see what cannot be learned", "zeros_"}},
    {InitKind::large, {"large", "too large", "see what confident nonsense does"}},
    {InitKind::glorot, {"glorot", "Glorot", "made for tanh and sigmoid", "xavier_uniform_"}},
});

}  // namespace downhill
