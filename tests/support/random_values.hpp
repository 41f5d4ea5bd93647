// Random but valid specs, commands and snapshots for the tests of codecs: every field takes part,
// floats take every bit pattern, NaN included.
#pragma once

#include <bit>
#include <string>
#include <vector>

#include "base/rng.hpp"
#include "session/command.hpp"
#include "session/snapshot.hpp"
#include "train/experiment_spec.hpp"

namespace downhill::test {

inline bool random_bool(Rng& rng) { return rng.below(2) == 1; }
inline float random_bits(Rng& rng) { return std::bit_cast<float>(rng.bits()); }

inline std::string random_text(Rng& rng, uint32_t longest) {
  std::string text(rng.below(longest + 1), ' ');
  for (char& c : text) c = static_cast<char>(rng.below(256));
  return text;
}

inline std::vector<float> random_floats(Rng& rng, size_t count) {
  std::vector<float> values(count);
  for (float& value : values) value = random_bits(rng);
  return values;
}

template <class Integer>
std::vector<Integer> random_integers(Rng& rng, size_t count) {
  std::vector<Integer> values(count);
  for (Integer& value : values) value = static_cast<Integer>(rng.bits());
  return values;
}

// A float between the bounds, of any size in between: its bits are drawn. 0 < low < high.
inline float random_between(Rng& rng, float low, float high) {
  const auto from = std::bit_cast<uint32_t>(low);
  return std::bit_cast<float>(from + rng.below(std::bit_cast<uint32_t>(high) - from + 1));
}

inline ExperimentSpec random_spec(Rng& rng) {
  ExperimentSpec spec;
  spec.model.hidden.resize(rng.below(kMaxHiddenLayers + 1));
  for (uint32_t& width : spec.model.hidden) width = 1 + rng.below(kMaxHiddenWidth);
  spec.loss = static_cast<LossKind>(rng.below(kLossNames.size()));
  spec.optimizer = static_cast<OptimizerKind>(rng.below(kOptimizerNames.size()));
  spec.lr = random_between(rng, kMinLr, kMaxLr);
  spec.batch = 1 + rng.below(kMaxBatch);
  spec.shuffle = random_bool(rng);
  spec.init = static_cast<InitKind>(rng.below(kInitNames.size()));
  spec.seed = rng.bits64() >> rng.below(64);
  spec.epochs = 1 + rng.below(kMaxEpochs);
  if (random_bool(rng)) spec.stop.target_accuracy = random_between(rng, 1e-30f, 1.0f);
  if (random_bool(rng)) spec.stop.patience = 1 + rng.below(kMaxEpochs);
  if (random_bool(rng)) spec.stop.seconds = random_between(rng, 1e-30f, 86400.0f);
  return spec;
}

inline Command random_command(Rng& rng) {
  Command command;
  command.id = rng.bits();
  command.kind = static_cast<CommandKind>(rng.below(10));
  command.unit = static_cast<StepUnit>(rng.below(3));
  command.count = 1 + rng.below(kMaxStepCount);
  command.phase = static_cast<Phase>(rng.below(kPhaseCount));
  if (random_bool(rng)) command.seed = rng.bits64();
  if (random_bool(rng)) command.speed = random_between(rng, 0.1f, 10000.0f);
  command.edits = random_text(rng, 40);
  command.request = {rng.below(kPartDigest << 1),
                     rng.bits(),
                     rng.bits(),
                     rng.bits(),
                     rng.bits(),
                     rng.bits(),
                     rng.bits()};
  return command;
}

inline Status random_status(Rng& rng) {
  Status s;
  for (bool* flag : {&s.ready, &s.running, &s.finished, &s.can_recover}) *flag = random_bool(rng);
  s.phase = static_cast<Phase>(rng.below(kPhaseCount));
  s.next = static_cast<Phase>(rng.below(kPhaseCount));
  s.step = rng.bits64();
  for (uint32_t* count : {&s.epoch, &s.batch, &s.batches_per_epoch, &s.epoch_limit, &s.train_count,
                          &s.valid_count, &s.parameter_count}) {
    *count = rng.bits();
  }
  for (float* value :
       {&s.train_loss, &s.previous_loss, &s.batch_accuracy, &s.valid_loss, &s.valid_accuracy,
        &s.best_valid_accuracy, &s.gradient_norm, &s.weight_norm, &s.update_norm,
        &s.baseline_accuracy, &s.baseline_accuracy_l2, &s.images_per_second, &s.speed}) {
    *value = random_bits(rng);
  }
  s.training_seconds = std::bit_cast<double>(rng.bits64());
  s.health = static_cast<Health>(rng.below(3));
  s.trouble_step = rng.bits64();
  for (std::string* text : {&s.diagnosis, &s.stop_reason, &s.error}) *text = random_text(rng, 20);
  return s;
}

inline Curves random_curves(Rng& rng) {
  Curves curves;
  curves.generation = rng.bits();
  curves.steps.resize(rng.below(5));
  for (CurvePoint& p : curves.steps)
    p = {rng.bits(), random_bits(rng), random_bits(rng), random_bits(rng)};
  curves.epochs.resize(rng.below(4));
  for (EpochPoint& p : curves.epochs) {
    p = {rng.bits(), rng.bits(), random_bits(rng), random_bits(rng), random_bits(rng)};
  }
  curves.marks.resize(rng.below(3));
  for (LrMark& m : curves.marks) m = {rng.bits(), random_bits(rng), random_bits(rng)};
  return curves;
}

inline BatchView random_batch(Rng& rng) {
  BatchView batch;
  batch.shown = rng.below(3);
  batch.size = batch.shown + rng.below(100);
  batch.predicted = random_bool(rng);
  batch.pixels = random_integers<uint8_t>(rng, size_t{batch.shown} * 784);
  batch.indices = random_integers<uint32_t>(rng, batch.shown);
  batch.digits = random_integers<uint8_t>(rng, batch.shown);
  if (batch.predicted) {
    batch.outputs = random_floats(rng, batch.shown);
    batch.scores = random_floats(rng, batch.shown);
    batch.losses = random_floats(rng, batch.shown);
  }
  return batch;
}

// Only what `parts` names is filled in.
inline Snapshot random_snapshot(Rng& rng) {
  Snapshot s;
  s.parts = rng.below(kPartDigest << 1);
  s.status = random_status(rng);
  s.spec = random_spec(rng);
  if (s.parts & kPartCurves) s.curves = random_curves(rng);
  const uint32_t in = 1 + rng.below(9), out = 1 + rng.below(5);
  const size_t count = size_t{in} * out + out;
  if (s.parts & (kPartWeights | kPartGradients))
    s.parameters.layers = {{"layer1", in, out, 0, in * out}};
  if (s.parts & kPartWeights) s.parameters.values = random_floats(rng, count);
  if (s.parts & kPartGradients)
    s.parameters.gradients = random_floats(rng, random_bool(rng) ? count : 0);
  if (s.parts & kPartBatch) s.batch = random_batch(rng);
  if (s.parts & kPartBaseline) s.baseline = {random_floats(rng, 784), random_floats(rng, 784)};
  if ((s.parts & kPartProbe) && random_bool(rng)) {
    s.probe = Probe{rng.bits(),       random_bits(rng), random_bits(rng), random_bits(rng),
                    random_bits(rng), random_bits(rng), random_bits(rng), random_bits(rng)};
  }
  if (s.parts & kPartDigest) s.digest = rng.bits64();
  return s;
}

}  // namespace downhill::test
