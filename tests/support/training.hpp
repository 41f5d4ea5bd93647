// Training runs on drawn digits for tests: small, and of every kind that a spec can ask for.
#pragma once

#include <doctest/doctest.h>

#include <bit>
#include <cstdint>
#include <string>
#include <vector>

#include "base/hash.hpp"
#include "support/ten_digits.hpp"
#include "train/trainer.hpp"

namespace downhill::test {

// All ten, 120 to learn from and 50 to be tested on.
inline const DigitData& ten_digits() {
  static const DigitData data = ten_digit_data(12, 5, 1);
  return data;
}

inline ExperimentSpec edited(const ExperimentSpec& base, const std::string& edits) {
  const Result<ExperimentSpec> spec = edit_spec(base, edits);
  REQUIRE_MESSAGE(spec.ok(), edits, ": ", (spec.ok() ? "" : spec.error().message));
  return *spec;
}

// Every optimizer, schedule and model, and what else changes how a step is made.
inline constexpr const char* kKindsOfRuns[] = {
    "lr=0.5",
    "optimizer=momentum&lr=0.05&schedule=onecycle&augment=shift",
    "optimizer=nesterov&lr=0.05&schedule=cosine&clip=0.5&wd=0.01&shuffle=false",
    "optimizer=rmsprop&lr=0.003&schedule=step&noise=0.2&subset=70&droplast=true",
    "optimizer=adam&lr=0.01&schedule=warmup&model=mlp:12,8&dropout=0.3&freeze=1",
    "optimizer=adamw&lr=0.02&wd=0.05&schedule=onecycle&model=conv&augment=crop&normalize=true",
    "optimizer=momentum&model=lenet&dropout=0.25&augment=affine&subset=50&batch=20",
    "optimizer=adam&lr=0.01&model=resconv&subset=30&batch=12&loss=mse&clip=0.1",
    "model=net:conv4k3s3b0,ln,gelu,dropout0.2,flatten,bn,linear&loss=bce&batch=50&normalize=true",
};

struct Run {
  Trainer trainer;

  explicit Run(const std::string& edits = "")
      : Run(edited(edited({},
                          "digits=0123456789&model=mlp:8&loss=crossentropy&batch=40&epochs=3"
                          "&seed=5"),
                   edits),
            ten_digits()) {}
  Run(const ExperimentSpec& spec, const DigitData& data) {
    const Result<void> built = trainer.rebuild(spec, data.train, data.valid);
    REQUIRE_MESSAGE(built.ok(), (built.ok() ? "" : built.error().message));
  }
  void phases(uint64_t count) {
    for (uint64_t i = 0; i < count; ++i) trainer.advance();
  }
  void batches(uint32_t count) { phases(uint64_t{count} * 5); }
  void to_the_end() {
    while (!trainer.finished()) trainer.advance();
  }
  void set(const std::string& edits) { trainer.apply_live(edited(trainer.spec(), edits)); }

  // Of weights, running statistics and what the optimizer remembers.
  uint64_t bits() const {
    TrainState state;
    trainer.save_state(state);
    state.numbers.push_back(static_cast<float>(state.steps));
    return fnv1a(std::span<const float>(state.numbers));
  }
  std::vector<float> values() const {
    const auto slab = trainer.model().slabs().values();
    return {slab.begin(), slab.end()};
  }
};

// All that can be seen of a state, bit for bit.
inline std::vector<uint64_t> fingerprint(const Run& run) {
  const Trainer& t = run.trainer;
  std::vector<uint64_t> prints = {run.bits(),
                                  fnv1a(t.model().slabs().grads()),
                                  t.position(),
                                  t.steps_done(),
                                  t.epochs_done(),
                                  t.batch_in_epoch(),
                                  static_cast<uint64_t>(t.phase()),
                                  static_cast<uint64_t>(t.next()),
                                  t.predicted(),
                                  t.has_gradient(),
                                  t.predicted() ? fnv1a(t.outputs()) : 0,
                                  fnv1a(t.batch().images)};
  const auto add = [&](float number) {
    prints.push_back(number == number ? std::bit_cast<uint32_t>(number) : ~uint64_t{0});
  };
  for (const float number :
       {t.train_loss(), t.batch_accuracy(), t.gradient_norm(), t.update_norm(), t.spec().lr,
        t.tested().valid_loss, t.evaluation().loss, t.evaluation().accuracy}) {
    add(number);
  }
  prints.push_back(fnv1a(std::span<const float>(t.evaluation().losses)));
  for (const CurvePoint& p : t.recorder().steps()) {
    for (const float number : {p.loss, p.gradient_norm, p.lr, p.momentum}) add(number);
  }
  for (const EpochPoint& p : t.recorder().epochs()) {
    for (const float number : {p.train_loss, p.valid_loss, p.valid_accuracy}) add(number);
  }
  return prints;
}

}  // namespace downhill::test
