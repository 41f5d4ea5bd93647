// The losses a learner chooses from. Words and traits only; what a loss computes is in
// nn/losses.cpp.
#pragma once

#include <cstdint>

#include "base/choice_table.hpp"

namespace downhill {

enum class LossKind : uint8_t { mnist, bce, mse, crossentropy, l1 };

// How the outputs of an image become scores, which say how sure the model is of each class.
enum class LossScores : uint8_t {
  sigmoids,  // of each output
  outputs,   // the outputs themselves: regression on 0 and 1
  softmax,   // of all outputs together; the target is the right class
};

struct LossRow {
  LossKind kind;
  ChoiceWords words;
  LossScores scores;
  // What one output costs if its class is the right one, and if it is not.
  std::string_view cost_of_right, cost_of_wrong = {};
};

inline constexpr auto kLosses = choice_table<LossRow>({
    {LossKind::mnist,
     {"mnist", "book loss", "distance between the score and the truth"},
     LossScores::sigmoids,
     "1 − score",
     "score"},
    {LossKind::bce,
     {"bce", "BCE", "binary cross-entropy: each output is a separate yes or no",
      "BCEWithLogitsLoss"},
     LossScores::sigmoids,
     "−ln score",
     "−ln (1 − score)"},
    {LossKind::mse,
     {"mse", "squared error", "squared distance between the output and the truth", "MSELoss"},
     LossScores::outputs,
     "(output − 1)²",
     "output²"},
    {LossKind::crossentropy,
     {"crossentropy", "cross-entropy", "surprise at the truth; punishes confident mistakes",
      "CrossEntropyLoss"},
     LossScores::softmax,
     "−ln of the score of its own digit"},
    {LossKind::l1,
     {"l1", "absolute error", "distance between the output and the truth", "L1Loss"},
     LossScores::outputs,
     "|output − 1|",
     "|output|"},
});

// Whether the target of an image is its class, and not a 1 or 0 for each output.
constexpr bool has_class_target(LossKind kind) {
  return kLosses[kind].scores == LossScores::softmax;
}

// Whether the outputs may be any numbers, so that the targets may be, too.
constexpr bool fits_numbers(LossKind kind) { return kLosses[kind].scores == LossScores::outputs; }

}  // namespace downhill
