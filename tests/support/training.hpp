// Training runs on synthetic digits for tests: small, and of every kind that a spec can request.
#pragma once

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/hash.hpp"
#include "support/ten_digits.hpp"
#include "train/trainer.hpp"

namespace downhill::test {

// All ten digits: 120 images for training, 50 for validation.
inline const DigitData& ten_digits() {
  static const DigitData data = ten_digit_data(12, 5, 1);
  return data;
}

inline ExperimentSpec edited(const ExperimentSpec& base, const std::string& edits) {
  const Result<ExperimentSpec> spec = edit_spec(base, edits);
  REQUIRE_MESSAGE(spec.ok(), edits, ": ", (spec.ok() ? "" : spec.error().message));
  return *spec;
}

// Every optimizer, schedule and model, and every other option that changes a step.
inline constexpr const char* kKindsOfRuns[] = {
    "lr=0.5",
    "optimizer=momentum&lr=0.05&schedule=onecycle&augment=shift",
    "optimizer=nesterov&lr=0.05&schedule=cosine&clip=0.5&wd=0.01&shuffle=false",
    "optimizer=rmsprop&lr=0.003&schedule=step&noise=0.2&batch=50&droplast=true",
    "optimizer=adam&lr=0.01&schedule=warmup&model=mlp:12,8&dropout=0.3&freeze=1",
    "optimizer=adamw&lr=0.02&wd=0.05&schedule=onecycle&model=conv&augment=crop&normalize=true",
    "optimizer=momentum&model=lenet&dropout=0.25&augment=affine&subset=50&batch=20",
    "optimizer=adam&lr=0.01&model=resconv&subset=30&batch=12&loss=mse&clip=0.1",
    "model=net:conv4k3s3b0,ln,gelu,dropout0.2,flatten,bn,linear&loss=bce&batch=50&normalize=true",
    "fault=nozero&lr=0.02&optimizer=momentum&clip=0.5",
    "fault=nozero&lr=0.003&optimizer=adam&model=mlp:12,8&dropout=0.3&freeze=1",
    "fault=uphill&lr=0.001&optimizer=nesterov&wd=0.01",
    "fault=accuracy&optimizer=adamw&lr=0.02&wd=0.05",
};

struct Run {
  Trainer trainer;

  explicit Run(const std::string& edits = "")
      : Run(edited(edited({},
                          "digits=0123456789&model=mlp:8&loss=crossentropy&batch=40&epochs=3"
                          "&seed=5"),
                   edits),
            ten_digits()) {}
  Run(const ExperimentSpec& spec, const DigitData& data, TestTime first = TestTime::at_once) {
    const Result<void> built = trainer.rebuild(spec, data.train, data.valid, first);
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

  // Hashes the weights, the running statistics and the state of the optimizer.
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

// Everything observable of a state, bit for bit, each number under its name.
struct Fingerprint {
  std::vector<std::pair<std::string, uint64_t>> prints;

  void whole(const std::string& name, uint64_t bits) { prints.emplace_back(name, bits); }
  void add(const std::string& name, float number) {
    prints.emplace_back(name, number == number ? std::bit_cast<uint32_t>(number) : ~uint64_t{0});
  }
  bool operator==(const Fingerprint&) const = default;
};

inline Fingerprint fingerprint(const Run& run) {
  const Trainer& t = run.trainer;
  Fingerprint f;
  f.whole("state", run.bits());
  f.whole("position", t.position());
  f.whole("steps done", t.steps_done());
  f.whole("epochs done", t.epochs_done());
  f.whole("batch in epoch", t.batch_in_epoch());
  f.whole("phase", static_cast<uint64_t>(t.phase()));
  f.whole("next", static_cast<uint64_t>(t.next()));
  f.whole("images", fnv1a(t.batch().images()));
  f.whole("outputs", t.predicted() ? fnv1a(t.outputs()) : 0);
  f.whole("gradients", t.has_gradient() ? fnv1a(t.model().slabs().grads()) : 0);
  f.add("train loss", t.train_loss());
  f.add("previous loss", t.previous_loss());
  f.add("batch accuracy", t.batch_accuracy());
  f.add("gradient norm", t.gradient_norm());
  f.add("update norm", t.update_norm());
  f.add("tested", t.tested().valid_loss);
  f.add("test loss", t.evaluation().loss);
  f.whole("test losses", fnv1a(std::span<const float>(t.evaluation().losses)));
  for (const CurvePoint& p : t.recorder().steps()) {
    const std::string step = " of step " + std::to_string(p.step);
    f.add("loss" + step, p.loss);
    f.add("gradient norm" + step, p.gradient_norm);
    f.add("lr" + step, p.lr);
    f.add("momentum" + step, p.momentum);
  }
  for (const EpochPoint& p : t.recorder().epochs()) {
    const std::string epoch = " of epoch " + std::to_string(p.epoch);
    f.add("train loss" + epoch, p.train_loss);
    f.add("valid loss" + epoch, p.valid_loss);
    f.add("valid accuracy" + epoch, p.valid_accuracy);
  }
  return f;
}

// The names of the numbers that differ; empty if none do.
inline std::string difference(const Fingerprint& a, const Fingerprint& b) {
  std::string names;
  for (size_t i = 0; i < std::max(a.prints.size(), b.prints.size()); ++i) {
    if (i >= a.prints.size() || i >= b.prints.size()) return names + "one is longer";
    if (a.prints[i] != b.prints[i]) names += a.prints[i].first + "; ";
  }
  return names;
}

}  // namespace downhill::test
