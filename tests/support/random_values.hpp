// Random but valid specs, commands and snapshots for the tests of codecs: every field takes part,
// floats take every bit pattern, NaN included.
#pragma once

#include <array>
#include <bit>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/rng.hpp"
#include "session/command.hpp"
#include "session/snapshot.hpp"
#include "support/random_spec.hpp"

namespace downhill::test {

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

inline Command random_command(Rng& rng) {
  Command command;
  command.id = rng.bits();
  command.kind = static_cast<CommandKind>(rng.below(15));
  command.unit = static_cast<StepUnit>(rng.below(3));
  command.count = 1 + rng.below(kMaxStepCount);
  command.phase = static_cast<Phase>(rng.below(kPhaseCount));
  if (random_bool(rng)) command.seed = rng.bits64();
  if (random_bool(rng)) command.speed = random_between(rng, 0.1f, 10000.0f);
  command.edits = random_text(rng, 40);
  command.file = static_cast<FileKind>(rng.below(2));
  command.bytes = random_integers<uint8_t>(rng, rng.below(20));
  SnapshotRequest& request = command.request;
  request.parts = rng.below(kAllSnapshotParts + 1);
  for (uint32_t* number :
       {&request.generation, &request.steps_held, &request.epochs_held, &request.marks_held,
        &request.max_images, &request.probe_parameter, &request.image}) {
    *number = rng.bits();
  }
  request.cell_truth = static_cast<uint8_t>(rng.bits());
  request.cell_answer = static_cast<uint8_t>(rng.bits());
  request.source = static_cast<ImageSource>(rng.below(3));
  return command;
}

inline Status random_status(Rng& rng) {
  Status s;
  for (bool* flag :
       {&s.ready, &s.loading, &s.running, &s.finished, &s.can_recover, &s.best_is_back})
    *flag = random_bool(rng);
  s.phase = static_cast<Phase>(rng.below(kPhaseCount));
  s.next = static_cast<Phase>(rng.below(kPhaseCount));
  s.step = rng.bits64();
  for (uint32_t* count : {&s.epoch, &s.batch, &s.batches_per_epoch, &s.epoch_limit, &s.train_count,
                          &s.valid_count, &s.parameter_count, &s.tested_epoch}) {
    *count = rng.bits();
  }
  for (float* value : {&s.train_loss, &s.previous_loss, &s.batch_accuracy, &s.valid_loss,
                       &s.valid_accuracy, &s.best_valid_accuracy, &s.gradient_norm, &s.weight_norm,
                       &s.update_norm, &s.lr, &s.momentum, &s.baseline_accuracy,
                       &s.baseline_accuracy_l2, &s.images_per_second, &s.speed}) {
    *value = random_bits(rng);
  }
  s.training_seconds = std::bit_cast<double>(rng.bits64());
  s.health = static_cast<Health>(rng.below(3));
  s.trouble_step = rng.bits64();
  s.good_step = rng.bits64();
  for (std::string* text : {&s.diagnosis, &s.stop_reason, &s.busy_with, &s.error}) {
    *text = random_text(rng, 20);
  }
  return s;
}

inline Curves random_curves(Rng& rng) {
  Curves curves;
  curves.generation = rng.bits();
  curves.steps.resize(rng.below(5));
  for (CurvePoint& p : curves.steps) {
    p = {rng.bits(), random_bits(rng), random_bits(rng), random_bits(rng), random_bits(rng)};
  }
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
  batch.outputs_per_image = 1 + rng.below(10);
  batch.pixels = random_integers<uint8_t>(rng, size_t{batch.shown} * 784);
  if (random_bool(rng)) batch.entered = random_integers<uint8_t>(rng, batch.pixels.size());
  batch.indices = random_integers<uint32_t>(rng, batch.shown);
  batch.digits = random_integers<uint8_t>(rng, batch.shown);
  batch.labels = random_integers<uint8_t>(rng, batch.shown);
  if (batch.predicted) {
    batch.outputs = random_floats(rng, size_t{batch.shown} * batch.outputs_per_image);
    batch.scores = random_floats(rng, size_t{batch.shown} * batch.outputs_per_image);
    batch.answers = random_integers<uint8_t>(rng, batch.shown);
    batch.losses = random_floats(rng, batch.shown);
  }
  return batch;
}

inline EvaluationView random_evaluation(Rng& rng) {
  EvaluationView test;
  test.classes = rng.below(11);
  test.confusion = random_integers<uint32_t>(rng, size_t{test.classes} * test.classes);
  const uint32_t shown = rng.below(3);
  test.indices = random_integers<uint32_t>(rng, shown);
  test.pixels = random_integers<uint8_t>(rng, size_t{shown} * 784);
  test.digits = random_integers<uint8_t>(rng, shown);
  test.answers = random_integers<uint8_t>(rng, shown);
  test.losses = random_floats(rng, shown);
  return test;
}

inline ExamplesView random_examples(Rng& rng) {
  ExamplesView cell;
  cell.truth = static_cast<uint8_t>(rng.bits());
  cell.answer = static_cast<uint8_t>(rng.bits());
  const uint32_t shown = rng.below(3);
  cell.count = shown + rng.below(5);
  cell.indices = random_integers<uint32_t>(rng, shown);
  cell.pixels = random_integers<uint8_t>(rng, size_t{shown} * 784);
  cell.losses = random_floats(rng, shown);
  return cell;
}

inline Inspection random_inspection(Rng& rng) {
  Inspection image;
  image.pixels = random_integers<uint8_t>(rng, 784);
  image.digit = static_cast<uint8_t>(rng.bits());
  image.answer = static_cast<uint8_t>(rng.bits());
  image.loss = random_bits(rng);
  image.outputs = random_floats(rng, 1 + rng.below(10));
  image.scores = random_floats(rng, image.outputs.size());
  image.layers.resize(rng.below(4));
  for (Activation& layer : image.layers) {
    layer.line = rng.bits();
    layer.rows = 1 + rng.below(3);
    layer.columns = 1 + rng.below(3);
    layer.channels = 1 + rng.below(3);
    layer.values = random_floats(rng, size_t{layer.rows} * layer.columns * layer.channels);
  }
  image.saliency = random_floats(rng, 784);
  return image;
}

inline Spread random_spread(Rng& rng) {
  Spread spread;
  for (float* number :
       {&spread.mean, &spread.deviation, &spread.least, &spread.greatest, &spread.zeros}) {
    *number = random_bits(rng);
  }
  for (uint32_t& count : spread.counts) count = rng.bits();
  return spread;
}

inline Findings random_findings(Rng& rng) {
  Findings findings;
  if (random_bool(rng)) {
    LrSweep& sweep = findings.lr_sweep.emplace();
    const uint32_t count = rng.below(5);
    sweep.step = rng.bits();
    sweep.lrs = random_floats(rng, count);
    sweep.losses = random_floats(rng, count);
    sweep.smooth = random_floats(rng, count);
    sweep.exploded = random_bool(rng);
    sweep.last = rng.below(count + 1);
    sweep.first = rng.below(sweep.last + 1);
    for (float* lr : {&sweep.valley, &sweep.slide, &sweep.minimum, &sweep.steep}) {
      *lr = random_bits(rng);
    }
  }
  if (random_bool(rng)) {
    findings.sharpness =
        Sharpness{rng.bits(), random_floats(rng, rng.below(4)), random_bits(rng), random_bool(rng)};
  }
  if (random_bool(rng)) {
    const uint32_t count = rng.below(5);
    findings.loss_line =
        LossLine{rng.bits(),       random_bits(rng),          random_bits(rng),
                 random_bits(rng), random_floats(rng, count), random_floats(rng, count)};
  }
  return findings;
}

// A convolution, perhaps without a bias, and what the parts ask for of its numbers.
inline Parameters random_parameters(Rng& rng, uint32_t parts) {
  Parameters parameters;
  LayerInfo layer;
  layer.name = random_text(rng, 8);
  layer.kind = static_cast<LayerKind>(rng.below(kLayers.size()));
  layer.planes = 1 + rng.below(3);
  layer.rows = 1 + rng.below(3);
  layer.columns = 1 + rng.below(3);
  layer.in = layer.planes * layer.rows * layer.columns;
  layer.out = 1 + rng.below(5);
  layer.has_bias = random_bool(rng);
  layer.bias_offset = layer.has_bias ? layer.in * layer.out : 0;
  layer.frozen = random_bool(rng);
  parameters.layers = {layer};
  const size_t count = size_t{layer.in} * layer.out + (layer.has_bias ? layer.out : 0);
  if (parts & kPartWeights) parameters.values = random_floats(rng, count);
  if (parts & kPartGradients)
    parameters.gradients = random_floats(rng, random_bool(rng) ? count : 0);
  if (parts & kPartChanges) parameters.changes = random_floats(rng, random_bool(rng) ? count : 0);
  return parameters;
}

// Only what `parts` names is filled in.
inline Snapshot random_snapshot(Rng& rng, uint32_t parts) {
  Snapshot s;
  s.parts = parts;
  s.kept = rng.below(kAllSnapshotParts + 1) & ~parts;
  s.status = random_status(rng);
  s.spec = random_spec(rng);
  if (parts & kPartCurves) s.curves = random_curves(rng);
  if (parts & (kPartWeights | kPartGradients | kPartChanges)) {
    s.parameters = random_parameters(rng, parts);
  }
  if (parts & kPartBatch) s.batch = random_batch(rng);
  if (parts & kPartBaseline) {
    s.baseline.ideals = random_floats(rng, random_bool(rng) ? s.spec.digits.size() * 784 : 0);
  }
  if ((parts & kPartProbe) && random_bool(rng)) {
    s.probe = Probe{rng.bits(),       random_bits(rng), random_bits(rng), random_bits(rng),
                    random_bits(rng), random_bits(rng), random_bits(rng), random_bits(rng)};
  }
  if (parts & kPartDigest) s.digest = rng.bits64();
  if (parts & kPartEvaluation) s.evaluation = random_evaluation(rng);
  if (parts & kPartExamples) s.examples = random_examples(rng);
  if ((parts & kPartInspection) && random_bool(rng)) s.inspection = random_inspection(rng);
  if (parts & kPartSampleGradient) s.sample_gradient = random_floats(rng, rng.below(9));
  if (parts & kPartStatistics) {
    s.statistics.resize(rng.below(3));
    for (LayerStatistics& layer : s.statistics) {
      layer = {rng.bits(), random_spread(rng), random_spread(rng)};
    }
  }
  if (parts & kPartFindings) s.findings = random_findings(rng);
  return s;
}

// Each part as likely there as not.
inline Snapshot random_snapshot(Rng& rng) {
  const uint32_t parts = rng.below(kAllSnapshotParts + 1);
  return random_snapshot(rng, parts);
}

}  // namespace downhill::test
