// A snapshot that holds every part, made up for tests like those of sample_snapshot.hpp: ten digits
// and the convolutional net.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "expression/run.hpp"
#include "support/sample_snapshot.hpp"
#include "support/sample_tape.hpp"

namespace downhill::test {

// --- Ten digits, convolutions, every part

inline ExperimentSpec sample_conv_spec() {
  return *edit_spec({},
                    "digits=0123456789&model=conv&loss=crossentropy&optimizer=adamw&lr=0.1"
                    "&schedule=onecycle&momentum=0.95&wd=0.01&augment=crop&normalize=true"
                    "&batch=128&epochs=3");
}

// As the table of layers has them: convolutions with a bias, and a norm behind each.
inline void add_sample_conv_layers(Snapshot& s) {
  uint32_t offset = 0, planes = 1;
  for (const LayerSummary& line : layer_table(s.spec)) {
    if (line.parameters == 0) continue;
    LayerInfo layer;
    layer.name = line.name;
    layer.kind = line.what;
    layer.out = line.output[2];
    if (line.what == LayerKind::conv) {
      layer.planes = planes;
      layer.rows = layer.columns = 3;
      planes = layer.out;
    }
    layer.in = layer.planes * layer.rows * layer.columns;
    layer.weight_offset = offset;
    layer.bias_offset = offset + layer.in * layer.out;
    layer.frozen = s.spec.freeze > 0 && s.parameters.layers.size() < size_t{2} * s.spec.freeze;
    offset = layer.bias_offset + layer.out;
    s.parameters.layers.push_back(layer);
  }
  SampleNumbers numbers;
  for (uint32_t i = 0; i < offset; ++i) s.parameters.values.push_back(numbers.next() * 0.2f);
  s.status.parameter_count = offset;
}

// Ten outputs around the digit that is answered, and their softmax.
inline void add_sample_outputs(SampleNumbers& numbers, uint8_t answer, std::vector<float>& outputs,
                               std::vector<float>& scores) {
  float sum = 0;
  for (uint8_t digit = 0; digit < 10; ++digit) {
    outputs.push_back(numbers.next() + (digit == answer ? 4.0f : 0.0f));
    scores.push_back(std::exp(outputs.back()));
    sum += scores.back();
  }
  for (size_t i = scores.size() - 10; i < scores.size(); ++i) scores[i] /= sum;
}

inline void add_sample_conv_batch(Snapshot& s, bool predicted) {
  BatchView& batch = s.batch;
  batch.size = s.spec.batch;
  batch.shown = std::min<uint32_t>(batch.size, 64);
  batch.predicted = predicted;
  batch.outputs_per_image = 10;
  SampleNumbers numbers;
  for (uint32_t i = 0; i < batch.shown; ++i) {
    add_sample_digit(batch, static_cast<uint8_t>(i % 10), i);
    if (!predicted) continue;
    const auto answer = static_cast<uint8_t>(i % 7 == 6 ? (i + 3) % 10 : i % 10);
    add_sample_outputs(numbers, answer, batch.outputs, batch.scores);
    batch.answers.push_back(answer);
    batch.losses.push_back(-std::log(batch.scores[i * 10 + i % 10]));
  }
  // The images as a crop might change them: moved two pixels to the right.
  batch.entered.assign(batch.pixels.size(), 0);
  for (size_t i = 0; i < batch.pixels.size(); ++i) {
    if (i % 28 >= 2) batch.entered[i] = batch.pixels[i - 2];
  }
}

inline void add_sample_evaluation(Snapshot& s) {
  constexpr uint32_t kWrong = 32;
  EvaluationView& test = s.evaluation;
  test.classes = 10;
  test.confusion.assign(100, 0);
  for (uint32_t truth = 0; truth < 10; ++truth) {
    for (uint32_t answer = 0; answer < 10; ++answer) {
      test.confusion[truth * 10 + answer] = truth == answer ? 970 + truth : (truth * answer) % 4;
    }
  }
  BatchView images;
  for (uint32_t i = 0; i < kWrong; ++i) {
    add_sample_digit(images, static_cast<uint8_t>(i % 10), i);
    test.answers.push_back(static_cast<uint8_t>((i + 1 + i / 10) % 10));
    test.losses.push_back(8.0f - 0.2f * static_cast<float>(i));
  }
  test.indices = images.indices;
  test.pixels = images.pixels;
  test.digits = images.digits;

  ExamplesView& cell = s.examples;
  cell.truth = 7;
  cell.answer = 3;
  cell.count = 5;
  BatchView sevens;
  for (uint32_t i = 0; i < cell.count; ++i) {
    add_sample_digit(sevens, 7, i + 3);
    cell.losses.push_back(5.0f - static_cast<float>(i));
  }
  cell.indices = sevens.indices;
  cell.pixels = sevens.pixels;
}

inline void add_sample_inspection(Snapshot& s) {
  SampleNumbers numbers;
  Inspection image;
  BatchView seven;
  add_sample_digit(seven, 7, 0);
  image.pixels = seven.pixels;
  image.digit = 7;
  image.answer = 7;
  add_sample_outputs(numbers, image.answer, image.outputs, image.scores);
  image.loss = -std::log(image.scores[7]);
  uint32_t line = 0;
  for (const LayerSummary& layer : layer_table(s.spec)) {
    Activation activation;
    activation.line = line++;
    const Shape& shape = layer.output;
    activation.columns = shape.rank() == 3 ? shape[1] : shape[0];
    if (shape.rank() == 3) activation.rows = shape[0], activation.channels = shape[2];
    for (size_t i = 0; i < shape.size(); ++i) {
      const float number = numbers.next() * 2;
      const bool bent = layer.what == LayerKind::activation;
      activation.values.push_back(bent ? std::max(0.0f, number) : number);
    }
    image.layers.push_back(activation);
  }
  for (const uint8_t ink : image.pixels) {
    image.saliency.push_back(numbers.next() * (ink > 0 ? 0.05f : 0.01f));
  }
  s.inspection = image;
}

// The first image of the batch, padded, cropped and normalized.
inline void add_sample_pipeline(Snapshot& s) {
  Pipeline p;
  p.file_images = 60000;
  p.valid_file_images = 10000;
  p.file_number = 41357;
  p.index = s.batch.indices[0];
  p.batch_images = s.batch.size;
  p.batch = s.status.step % s.status.batches_per_epoch + 1;
  p.epoch = s.status.step / s.status.batches_per_epoch + 1;
  p.digit = s.batch.digits[0];
  p.label = s.batch.labels[0];
  p.pixels.assign(s.batch.pixels.begin(), s.batch.pixels.begin() + 784);
  p.entered.assign(s.batch.entered.begin(), s.batch.entered.begin() + 784);
  p.pad = 3;
  p.window_row = 3;
  p.window_column = 1;
  p.padded.assign(size_t{34} * 34, 0);
  for (size_t y = 0; y < 28; ++y) {
    for (size_t x = 0; x < 28; ++x) p.padded[(y + 3) * 34 + x + 3] = p.pixels[y * 28 + x];
  }
  p.mean = 0.1307f;
  p.deviation = 0.3081f;
  for (const uint8_t byte : p.entered)
    p.numbers.push_back((static_cast<float>(byte) / 255 - p.mean) / p.deviation);
  s.pipeline = p;
}

inline Spread sample_spread(SampleNumbers& numbers, float size) {
  Spread spread;
  spread.least = -size;
  spread.greatest = size;
  spread.mean = numbers.next() * 0.1f * size;
  spread.deviation = 0.3f * size;
  spread.zeros = 0.1f;
  for (uint32_t bin = 0; bin < Spread::kBins; ++bin) {
    const float from_middle = (static_cast<float>(bin) - 15.5f) / 8;
    spread.counts[bin] = static_cast<uint32_t>(1000 * std::exp(-from_middle * from_middle));
  }
  return spread;
}

inline void add_sample_findings(Snapshot& s) {
  SampleNumbers numbers;
  const auto step = static_cast<uint32_t>(s.status.step);
  LrSweep sweep;
  sweep.step = step;
  sweep.exploded = sweep.fell = true;
  for (uint32_t i = 0; i < 100; ++i) {
    const float t = static_cast<float>(i) / 100;
    sweep.lrs.push_back(1e-7f * std::pow(10.0f, 8 * t));
    sweep.smooth.push_back(2.3f - 2 * t * t + std::pow(t, 20.0f) * 8);
    sweep.losses.push_back(sweep.smooth.back() + 0.05f * numbers.next());
  }
  sweep.first = 10;
  sweep.last = 95;
  sweep.valley = 0.002f;
  sweep.slide = 0.1f;
  sweep.minimum = 0.01f;
  sweep.steep = 0.003f;
  s.findings.lr_sweep = sweep;
  s.findings.sharpness = Sharpness{step, step + 1, 16, 0.004f, true, {3, 9, 14, 15.5f, 15.9f, 16}};
  LossLine line{step, step + 1, 0.1f, 0.5f, -0.2f, {}, {}};
  for (int i = -10; i <= 40; ++i) {
    const float t = static_cast<float>(i) / 10;
    line.distances.push_back(t);
    line.losses.push_back(0.5f - 0.2f * t + 0.05f * t * t);
  }
  s.findings.loss_line = line;
  Valley valley{step, false, 0.1f, 0.5f, 0.6f, -0.2f, 1, {}, {}, {}, {}, 0.1f, {0.48f, 0.46f}};
  const auto loss = [](float rate) { return 0.5f - 0.2f * rate + 0.1f * rate * rate; };
  for (int i = -9; i <= 3; ++i) {
    valley.rates.push_back(std::pow(10.0f, static_cast<float>(i) / 3));
    valley.losses.push_back(loss(valley.rates.back()));
  }
  for (int i = -2; i <= 10; ++i) {
    valley.near_rates.push_back(0.25f * static_cast<float>(i));
    valley.near_losses.push_back(loss(valley.near_rates.back()));
  }
  s.valley = valley;
}

// With a curve, and the gradients of one backward pass.
inline void add_sample_expression(Snapshot& s,
                                  const char* line = "x = 3; a = x**2; y = 0.5*a + x") {
  ExpressionRun run;
  if (!run.read(line) || !run.backward()) return;
  s.expression = run.view();
}

inline void add_sample_drawing(Snapshot& s) {
  DrawingView view;
  view.drawing.points = {0.2f, 0.15f, 0.8f, 0.15f, 0.4f, 0.9f};
  view.drawing.strokes = {3};
  view.prepared = prepare(view.drawing);
  view.verdict = {true, 7, s.inspection->scores};
  s.drawing = view;
}

// No run of images has one; it travels and is held like every part.
inline void add_sample_fit(Snapshot& s) {
  Fit fit;
  fit.step = static_cast<uint32_t>(s.status.step);
  for (int i = 0; i < 4; ++i) {
    fit.times.push_back(static_cast<float>(i));
    fit.targets.push_back(static_cast<float>(i * i));
    fit.outputs.push_back(static_cast<float>(2 * i));
    fit.in_batch.push_back(1);
  }
  fit.means = {0};
  fit.deviations = {1};
  fit.curve_times = fit.times;
  fit.curve = fit.outputs;
  fit.loss = 1.5f;
  s.fit = fit;
}

inline Snapshot sample_snapshot_conv(SampleState state) {
  Snapshot s;
  s.spec = sample_conv_spec();
  if (state == SampleState::empty) return s;
  s.parts = kAllSnapshotParts;
  s.digest = 0x0123456789abcdef;
  s.status.batches_per_epoch = 469;
  s.status.epoch_limit = s.spec.epochs;
  const uint32_t steps = state == SampleState::fresh      ? 0
                         : state == SampleState::diverged ? 30
                                                          : 3 * 469;
  add_sample_status(s, state, steps);
  s.status.train_count = 60000;
  s.status.valid_count = 10000;
  s.status.lr = 0.0316f;
  s.status.momentum = 0.88f;
  add_sample_conv_layers(s);
  add_sample_conv_batch(s, state != SampleState::fresh);
  add_sample_curves(s, steps);
  s.baseline.ideals.assign(size_t{10} * 784, 0.3f);
  add_sample_evaluation(s);
  add_sample_inspection(s);
  add_sample_drawing(s);
  add_sample_findings(s);
  add_sample_expression(s);
  add_sample_pipeline(s);
  add_sample_fit(s);
  s.tape = sample_tape(s.status.step, s.batch.size);
  if (state == SampleState::finished) s.status.best_is_back = true;
  SampleNumbers numbers;
  const auto some = [&](float size) {
    std::vector<float> slab;
    for (size_t i = 0; i < s.parameters.values.size(); ++i) slab.push_back(numbers.next() * size);
    return slab;
  };
  s.sample_gradient = some(0.02f);
  if (state == SampleState::fresh) return s;
  s.parameters.gradients = some(0.01f);
  s.parameters.changes = some(0.001f);
  for (uint32_t line = 0; line < layer_table(s.spec).size(); ++line) {
    s.statistics.push_back({line, sample_spread(numbers, 2.0f), sample_spread(numbers, 0.02f)});
  }
  s.probe = Probe{
      350,  s.parameters.values[350], s.parameters.gradients[350], 0.01f, 0.12f, 0.1201f, 0.1199f,
      0.01f};
  if (state != SampleState::diverged) return s;
  s.curves.steps.back().loss = std::numeric_limits<float>::infinity();
  for (size_t i = 0; i < s.parameters.values.size(); i += 3) {
    s.parameters.values[i] = std::numeric_limits<float>::quiet_NaN();
  }
  return s;
}

}  // namespace downhill::test
