// Small runs on synthetic threes and sevens, and the check that a probe leaves each untouched.
#pragma once

#include <doctest/doctest.h>

#include <array>
#include <string>

#include "data/synthetic.hpp"
#include "support/trainer_digest.hpp"
#include "support/training.hpp"

namespace downhill::test {

// 120 images to learn from and 40 to be tested on.
inline const DigitData& drawn_digits() {
  static const DigitData data = synthetic_digit_data(60, 20, 1);
  return data;
}

// Every kind of model that helpers must support: batch norm with its running statistics, dropout,
// frozen layers, augmented and normalized images, optimizers with state.
inline constexpr std::array<const char*, 6> kManyKinds = {
    "model=linear&loss=mse&lr=0.01",
    "model=mlp:8&optimizer=momentum&normalize=true",
    "model=mlp:8,6&dropout=0.3&activation=tanh&loss=crossentropy&optimizer=adam&lr=0.01",
    "model=conv&loss=crossentropy&optimizer=adamw&wd=0.01&lr=0.01&augment=crop",
    "model=conv&freeze=2&loss=bce&clip=0.5",
    "model=mlp:8&fault=nozero&lr=0.02",
};

struct SmallRun : Run {
  explicit SmallRun(const std::string& edits, const DigitData& data = drawn_digits())
      : Run(edited(edited({}, "model=mlp:8&batch=16&epochs=3&lr=0.1&seed=5"), edits), data) {}
  size_t slab() const { return trainer.model().slabs().values().size(); }
};

// 240 images to learn from, 8 batches an epoch, at the learning rate of the book's lesson.
struct TwoDigitRun : Run {
  explicit TwoDigitRun(const std::string& edits = "") : Run(spec(edits), digits()) {}

  static ExperimentSpec spec(const std::string& edits = "") {
    return edited(edited({}, "model=mlp:8&batch=32&epochs=3&lr=0.5&seed=5"), edits);
  }
  static const DigitData& digits() {
    static const DigitData data = synthetic_digit_data(120, 40, 1);
    return data;
  }
};

// Calls look(run, untouched) for every kind of model: before the first phase, in the middle of a
// batch and one phase later. `untouched()` says whether the run still has all its bits; it is
// checked at the end, too.
template <class Look>
void for_every_kind(const Look& look) {
  for (const std::string edits : kManyKinds) {
    CAPTURE(edits);
    SmallRun run(edits);
    for (const uint32_t phases : {0u, 8u, 1u}) {
      CAPTURE(phases);
      run.phases(phases);
      const auto before = digest_of(run.trainer);
      const auto untouched = [&] { return digest_of(run.trainer) == before; };
      look(run, untouched);
      CHECK(untouched());
    }
  }
}

}  // namespace downhill::test
