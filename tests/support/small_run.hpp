// A small run on synthetic digits, in whichever phase a test needs.
#pragma once

#include <doctest/doctest.h>

#include <array>
#include <string>

#include "data/synthetic.hpp"
#include "train/trainer.hpp"

namespace downhill::test {

inline const DigitData& drawn_digits() {
  static const DigitData data = synthetic_digit_data(60, 20, 1);
  return data;
}

// Every kind of model that helpers must support: batch norm with its running statistics, dropout,
// frozen layers, augmented and normalized images, optimizers with state.
inline constexpr std::array<const char*, 5> kManyKinds = {
    "model=linear&loss=mse&lr=0.01",
    "model=mlp:8&optimizer=momentum&normalize=true",
    "model=mlp:8,6&dropout=0.3&activation=tanh&loss=crossentropy&optimizer=adam&lr=0.01",
    "model=conv&loss=crossentropy&optimizer=adamw&wd=0.01&lr=0.01&augment=crop",
    "model=conv&freeze=2&loss=bce&clip=0.5",
};

struct SmallRun {
  Trainer trainer;

  explicit SmallRun(const std::string& edits, const DigitData& data = drawn_digits()) {
    const Result<ExperimentSpec> base =
        edit_spec({}, "model=mlp:8&batch=16&epochs=3&lr=0.1&seed=5");
    const Result<ExperimentSpec> spec = edit_spec(*base, edits);
    if (!spec) FAIL(spec.error().message);
    const auto built = trainer.rebuild(*spec, data.train, data.valid);
    if (!built) FAIL(built.error().message);
  }
  SmallRun& phases(uint32_t count) {
    for (uint32_t i = 0; i < count; ++i) trainer.advance();
    return *this;
  }
  size_t slab() const { return trainer.model().slabs().values().size(); }
};

}  // namespace downhill::test
