// Snapshots made up for tests of the page: every state a run can be in, for small and large models,
// without an engine. The numbers are plausible, not true. sample_snapshot() learns two digits with
// an MLP; sample_snapshot_conv() of sample_snapshot_conv.hpp learns ten and holds every part.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "session/command.hpp"
#include "session/snapshot.hpp"

namespace downhill::test {

enum class SampleState : uint8_t { empty, fresh, running, finished, diverged };

// Always the same sequence in -1..1.
class SampleNumbers {
 public:
  float next() {
    state_ = state_ * 1664525u + 1013904223u;
    return static_cast<float>(state_ >> 8) / 8388608.0f - 1.0f;
  }

 private:
  uint32_t state_ = 7;
};

inline void add_sample_layers(Snapshot& s) {
  std::vector<uint32_t> widths = {784};
  for (const uint32_t hidden : s.spec.model.hidden) widths.push_back(hidden);
  widths.push_back(1);
  uint32_t offset = 0;
  for (size_t i = 0; i + 1 < widths.size(); ++i) {
    LayerInfo layer;
    layer.name = "layer" + std::to_string(i + 1);
    layer.in = widths[i];
    layer.out = widths[i + 1];
    layer.rows = i == 0 ? 28 : 1;
    layer.columns = layer.in / layer.rows;
    layer.weight_offset = offset;
    layer.bias_offset = offset + layer.in * layer.out;
    offset = layer.bias_offset + layer.out;
    s.parameters.layers.push_back(layer);
  }
  SampleNumbers numbers;
  for (uint32_t i = 0; i < offset; ++i) s.parameters.values.push_back(numbers.next() * 0.05f);
  s.status.parameter_count = offset;
}

// A bar across and a stroke down: enough of a 7; with a belly it is a 3.
inline void add_sample_digit(BatchView& batch, uint8_t digit, size_t number) {
  for (int y = 0; y < 28; ++y) {
    for (int x = 0; x < 28; ++x) {
      const bool bar = (y == 6 || (digit == 3 && (y == 14 || y == 22))) && x > 8 && x < 20;
      const bool stroke =
          digit == 7 ? x == 20 - (y - 6) / 2 && y >= 6 && y < 24 : x == 20 && y > 6 && y < 22;
      batch.pixels.push_back(bar || stroke ? 255 : 0);
    }
  }
  batch.digits.push_back(digit);
  batch.labels.push_back(digit);
  batch.indices.push_back(static_cast<uint32_t>(number * 37));
}

inline void add_sample_batch(Snapshot& s, bool predicted) {
  BatchView& batch = s.batch;
  batch.size = s.spec.batch;
  batch.shown = std::min<uint32_t>(batch.size, 64);
  batch.predicted = predicted;
  SampleNumbers numbers;
  for (uint32_t i = 0; i < batch.shown; ++i) {
    const uint8_t digit = numbers.next() > 0 ? 3 : 7;
    add_sample_digit(batch, digit, i);
    if (!predicted) continue;
    const float output = (digit == 3 ? 2.0f : -2.0f) + numbers.next() * 3;
    const float score = 1 / (1 + std::exp(-output));
    batch.outputs.push_back(output);
    batch.scores.push_back(score);
    batch.answers.push_back(score > 0.5f ? 3 : 7);
    batch.losses.push_back(digit == 3 ? 1 - score : score);
  }
}

inline void add_sample_curves(Snapshot& s, uint32_t steps) {
  SampleNumbers numbers;
  const uint32_t per_epoch = s.status.batches_per_epoch;
  for (uint32_t i = 0; i <= steps; ++i) {
    const float t = static_cast<float>(i);
    const float loss = 0.5f / (1 + t / 20) + 0.01f * numbers.next() + 0.02f;
    if (i > 0) s.curves.steps.push_back({i, loss, loss * 0.8f, i < 20 ? 0.1f : 1.0f, 0.9f});
    if (i % per_epoch != 0) continue;
    EpochPoint epoch{};
    epoch.epoch = i / per_epoch;
    epoch.step = i;
    epoch.train_loss = i == 0 ? std::numeric_limits<float>::quiet_NaN() : loss;
    epoch.valid_loss = loss * 1.1f;
    epoch.valid_accuracy = 0.985f - loss * 0.9f;
    s.curves.epochs.push_back(epoch);
  }
  if (steps >= 20) s.curves.marks.push_back({20, 0.1f, 1.0f});
  s.curves.generation = 1;
}

inline void add_sample_status(Snapshot& s, SampleState state, uint32_t steps) {
  Status& st = s.status;
  st.ready = true;
  st.running = state == SampleState::running;
  st.finished = state == SampleState::finished || state == SampleState::diverged;
  st.phase = state == SampleState::fresh ? Phase::initialize
             : st.finished               ? Phase::stop
                                         : Phase::gradient;
  st.next = state == SampleState::fresh ? Phase::predict : st.finished ? Phase::stop : Phase::step;
  st.step = steps;
  st.epoch = st.tested_epoch = steps / st.batches_per_epoch;
  st.batch = steps % st.batches_per_epoch;
  st.train_count = 12396;
  st.valid_count = 2038;
  st.image_rows = kMnistSize.rows;
  st.image_columns = kMnistSize.columns;
  st.train_loss = 0.1234f;
  st.previous_loss = 0.1300f;
  st.batch_accuracy = 0.968f;
  st.valid_loss = 0.1111f;
  st.valid_accuracy = st.best_valid_accuracy = 0.9711f;
  st.gradient_norm = 0.4321f;
  st.weight_norm = 12.5f;
  st.update_norm = 0.04321f;
  st.baseline_accuracy = 0.9514f;
  st.baseline_accuracy_l2 = 0.9661f;
  st.images_per_second = st.running ? 123456.0f : 0.0f;
  st.training_seconds = 3.2;
  if (state == SampleState::finished) st.stop_reason = "40 epochs are done.";
  if (state != SampleState::diverged) return;
  st.train_loss = st.gradient_norm = std::numeric_limits<float>::infinity();
  st.health = Health::diverged;
  st.trouble_step = steps - 1;
  st.can_recover = true;
  st.diagnosis =
      "The loss is infinite: at a learning rate of 100 the weights have grown without bound.";
  st.stop_reason = "The loss is not finite.";
}

inline Snapshot sample_snapshot(SampleState state, const std::vector<uint32_t>& hidden = {30}) {
  Snapshot s;
  s.spec.model.hidden = hidden;
  s.spec.model.kind = hidden.empty() ? ModelKind::linear : ModelKind::mlp;
  if (state == SampleState::empty) return s;
  const uint32_t steps = state == SampleState::fresh      ? 0
                         : state == SampleState::diverged ? 30
                                                          : 40 * 49;
  s.status.batches_per_epoch = 49;
  s.status.epoch_limit = s.spec.epochs;
  add_sample_status(s, state, steps);
  add_sample_layers(s);
  add_sample_batch(s, state != SampleState::fresh);
  add_sample_curves(s, steps);
  s.baseline.ideals.assign(2 * 784, 0.3f);
  if (state == SampleState::fresh) return s;
  SampleNumbers numbers;
  for (size_t i = 0; i < s.parameters.values.size(); ++i)
    s.parameters.gradients.push_back(numbers.next() * 0.01f);
  if (state == SampleState::diverged) {
    s.curves.steps.back().loss = std::numeric_limits<float>::infinity();
    for (size_t i = 0; i < s.parameters.values.size(); i += 3) {
      s.parameters.values[i] = std::numeric_limits<float>::quiet_NaN();
    }
  }
  s.probe = Probe{
      350,  s.parameters.values[350], s.parameters.gradients[350], 0.01f, 0.12f, 0.1201f, 0.1199f,
      0.01f};
  return s;
}

}  // namespace downhill::test
