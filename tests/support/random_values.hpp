// Random but valid specs, commands and snapshots for the tests of codecs. Every member takes part,
// as the lists of members say; floats take every bit pattern, NaN included.
#pragma once

#include <array>
#include <bit>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
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

template <class Enum>
Enum random_choice(Rng& rng) {
  return static_cast<Enum>(rng.below(kEnumeratorCount<Enum>));
}

inline constexpr ImageSize kRandomImages = {3, 5};  // the size of all images in a random snapshot

// Structs whose members have to fit each other; the decoder refuses them otherwise.

inline void randomize(Rng& rng, BatchView& batch) {
  batch = {};
  batch.shown = rng.below(3);
  batch.size = batch.shown + rng.below(100);
  batch.predicted = random_bool(rng);
  batch.outputs_per_image = 1 + rng.below(10);
  batch.pixels = random_integers<uint8_t>(rng, size_t{batch.shown} * kRandomImages.pixels());
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
}

inline void randomize(Rng& rng, EvaluationView& test) {
  test = {};
  test.classes = rng.below(11);
  test.confusion = random_integers<uint32_t>(rng, size_t{test.classes} * test.classes);
  const uint32_t shown = rng.below(3);
  test.indices = random_integers<uint32_t>(rng, shown);
  test.pixels = random_integers<uint8_t>(rng, size_t{shown} * kRandomImages.pixels());
  test.digits = random_integers<uint8_t>(rng, shown);
  test.answers = random_integers<uint8_t>(rng, shown);
  test.losses = random_floats(rng, shown);
}

inline void randomize(Rng& rng, ExamplesView& cell) {
  cell = {};
  cell.truth = static_cast<uint8_t>(rng.bits());
  cell.answer = static_cast<uint8_t>(rng.bits());
  const uint32_t shown = rng.below(3);
  cell.count = shown + rng.below(5);
  cell.indices = random_integers<uint32_t>(rng, shown);
  cell.pixels = random_integers<uint8_t>(rng, size_t{shown} * kRandomImages.pixels());
  cell.losses = random_floats(rng, shown);
}

inline void randomize(Rng& rng, Inspection& image) {
  image = {};
  image.pixels = random_integers<uint8_t>(rng, kRandomImages.pixels());
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
  image.saliency = random_floats(rng, kRandomImages.pixels());
}

inline void randomize(Rng& rng, DrawOrder& order) {
  order = {};
  if (random_bool(rng)) {
    order.points.emplace();
    for (uint32_t stroke = rng.below(3); stroke > 0; --stroke) {
      order.strokes.push_back(1 + rng.below(3));
      for (uint32_t i = 2 * order.strokes.back(); i > 0; --i)
        order.points->push_back(rng.uniform());
    }
  }
  if (random_bool(rng)) order.pixels = random_integers<uint8_t>(rng, kMnistSize.pixels());
  if (random_bool(rng)) order.pen = random_between(rng, kMinPen, kMaxPen);
  if (random_bool(rng)) order.centred = random_bool(rng);
}

inline void randomize(Rng& rng, DrawingView& view) {
  view = {};
  DrawOrder order;
  randomize(rng, order);
  view.drawing = changed({}, order);
  view.prepared = prepare(view.drawing);
  view.prepared.pixels = random_integers<uint8_t>(rng, kRandomImages.pixels());
  view.verdict.centred = view.drawing.centred;
  view.verdict.answer = static_cast<uint8_t>(rng.bits());
  view.verdict.scores = random_floats(rng, 1 + rng.below(10));
}

inline void randomize(Rng& rng, LrSweep& sweep) {
  const uint32_t count = rng.below(5);
  sweep.step = rng.bits();
  sweep.lrs = random_floats(rng, count);
  sweep.losses = random_floats(rng, count);
  sweep.smooth = random_floats(rng, count);
  sweep.exploded = random_bool(rng);
  sweep.fell = random_bool(rng);
  sweep.last = rng.below(count + 1);
  sweep.first = rng.below(sweep.last + 1);
  for (float* lr : {&sweep.valley, &sweep.slide, &sweep.minimum, &sweep.steep}) {
    *lr = random_bits(rng);
  }
}

inline void randomize(Rng& rng, LossLine& line) {
  const uint32_t count = rng.below(5);
  line.step = rng.bits();
  line.batch = rng.bits();
  line.lr = random_bits(rng);
  line.loss = random_bits(rng);
  line.slope = random_bits(rng);
  line.distances = random_floats(rng, count);
  line.losses = random_floats(rng, count);
}

inline void randomize(Rng& rng, ExpressionCurve& curve) {
  curve = {};
  curve.input = random_text(rng, 5);
  curve.output = random_text(rng, 5);
  for (float* number : {&curve.x, &curve.y, &curve.slope}) *number = random_bits(rng);
  curve.xs = random_floats(rng, rng.below(5));
  curve.ys = random_floats(rng, curve.xs.size());
  curve.nudges = random_floats(rng, rng.below(5));
  curve.nudged = random_floats(rng, curve.nudges.size());
  curve.slopes = random_floats(rng, curve.nudges.size());
}

inline void randomize(Rng& rng, ExpressionView& view) {
  view = {};
  view.text = random_text(rng, 20);
  view.refused = random_text(rng, 20);
  view.error = random_text(rng, 20);
  view.error_at = rng.below(static_cast<uint32_t>(view.refused.size()) + 1);
  view.error_size = rng.below(static_cast<uint32_t>(view.refused.size()) - view.error_at + 1);
  view.nodes.resize(1 + rng.below(4));
  for (uint32_t i = 0; i < view.nodes.size(); ++i) {
    ExpressionNode& node = view.nodes[i];
    node.name = random_text(rng, 5);
    node.op = random_text(rng, 3);
    node.vector = random_bool(rng);
    node.requires_grad = random_bool(rng);
    node.value = random_floats(rng, 1 + rng.below(3));
    if (random_bool(rng)) node.gradient = random_floats(rng, node.value.size());
    for (uint32_t k = 0; i > 0 && k < rng.below(3); ++k) {
      node.inputs.push_back({.node = rng.below(i)});
      node.inputs.back().local = random_floats(rng, rng.below(3));
      node.inputs.back().product = random_floats(rng, rng.below(3));
    }
  }
  view.output = rng.below(static_cast<uint32_t>(view.nodes.size()));
  view.last = rng.below(9);
  view.position = rng.below(view.last + 1);
  view.forward = rng.below(view.last + 1);
  view.passes = rng.bits();
  if (random_bool(rng)) view.active = view.output;
  view.backward = random_bool(rng);
  if (random_bool(rng)) randomize(rng, view.curve.emplace());
}

inline void randomize(Rng& rng, Fit& fit) {
  const uint32_t points = rng.below(5), along = rng.below(5), features = rng.below(3);
  fit.step = rng.bits();
  fit.times = random_floats(rng, points);
  fit.targets = random_floats(rng, points);
  fit.outputs = random_floats(rng, points);
  fit.in_batch = random_integers<uint8_t>(rng, points);
  fit.means = random_floats(rng, features);
  fit.deviations = random_floats(rng, features);
  fit.curve_times = random_floats(rng, along);
  fit.curve = random_floats(rng, along);
  fit.other_curve = random_floats(rng, random_bool(rng) ? along : 0);
  fit.loss = random_bits(rng);
}

inline void randomize(Rng& rng, TapeTensor& tensor) {
  tensor = {};
  tensor.of_image = random_bool(rng);
  tensor.units = rng.below(3);
  for (uint32_t* extent : {&tensor.channels, &tensor.rows, &tensor.columns}) *extent = rng.below(3);
  tensor.values = random_floats(rng, tensor.channels * tensor.rows * tensor.columns);
  if (random_bool(rng)) tensor.gradient = random_floats(rng, tensor.values.size());
}

inline void randomize(Rng& rng, TapeProduct& product, uint32_t images) {
  product = {};
  product.units = 1 + rng.below(3);
  product.unit = rng.below(product.units);
  for (uint32_t* extent :
       {&product.planes, &product.rows, &product.columns, &product.down, &product.across}) {
    *extent = 1 + rng.below(2);
  }
  const uint32_t weights = product.planes * product.rows * product.columns;
  product.weight = rng.below(weights);
  product.weights = random_floats(rng, weights);
  if (random_bool(rng)) product.gradients = random_floats(rng, weights);
  product.seen = random_floats(rng, random_bool(rng) ? images : product.down * product.across);
  if (random_bool(rng)) product.slopes = random_floats(rng, product.seen.size());
  if (random_bool(rng)) product.terms = random_floats(rng, images);
  product.sum = random_bits(rng);
  product.gradient = random_bits(rng);
}

inline void randomize(Rng& rng, TapeView& view) {
  view = {};
  view.step = rng.bits64();
  view.images = 1 + rng.below(3);
  view.stepped = random_bool(rng);
  view.adds_up = random_bool(rng);
  view.rows.resize(1 + rng.below(4));
  for (uint32_t i = 0; i < view.rows.size(); ++i) {
    TapeRow& row = view.rows[i];
    row.op = random_text(rng, 5);
    row.name = random_text(rng, 5);
    row.shape = random_text(rng, 5);
    for (uint32_t k = 0; i > 0 && k < rng.below(3); ++k) row.inputs.push_back(rng.below(i));
    row.relu = random_bool(rng);
    row.requires_grad = random_bool(rng);
    row.bytes = rng.bits64();
    row.gradient_step = rng.bits();
    for (float* number : {&row.value_norm, &row.gradient_norm, &row.forward_us, &row.backward_us}) {
      *number = random_bits(rng);
    }
  }
  view.forward = static_cast<uint32_t>(view.rows.size());
  view.last = view.forward + rng.below(3);
  view.position = rng.below(view.last + 1);
  if (random_bool(rng)) view.active = rng.below(view.forward);
  view.backward = random_bool(rng);
  view.timed = rng.bits();
  view.row = rng.below(view.forward);
  view.image = rng.below(view.images);
  if (random_bool(rng)) randomize(rng, view.tensor.emplace());
  if (random_bool(rng)) randomize(rng, view.product.emplace(), view.images);
}

// Any value of any other type; a struct by the list of its members.
inline void randomize(Rng& rng, bool& value) { value = random_bool(rng); }
inline void randomize(Rng& rng, uint8_t& value) { value = static_cast<uint8_t>(rng.bits()); }
inline void randomize(Rng& rng, uint32_t& value) { value = rng.bits(); }
inline void randomize(Rng& rng, uint64_t& value) { value = rng.bits64(); }
inline void randomize(Rng& rng, float& value) { value = random_bits(rng); }
inline void randomize(Rng& rng, double& value) { value = std::bit_cast<double>(rng.bits64()); }
inline void randomize(Rng& rng, std::string& value) { value = random_text(rng, 20); }
template <class Enum>
requires std::is_enum_v<Enum>
void randomize(Rng& rng, Enum& value) { value = random_choice<Enum>(rng); }
template <Listed Struct>
void randomize(Rng& rng, Struct& value);
template <class Value>
void randomize(Rng& rng, std::optional<Value>& value);
template <class Value>
void randomize(Rng& rng, std::vector<Value>& values) {
  values.resize(rng.below(5));
  for (Value& value : values) randomize(rng, value);
}
template <class Value, size_t kCount>
void randomize(Rng& rng, std::array<Value, kCount>& values) {
  for (Value& value : values) randomize(rng, value);
}
template <class Value>
void randomize(Rng& rng, std::optional<Value>& value) {
  value.reset();
  if (random_bool(rng)) randomize(rng, value.emplace());
}
template <Listed Struct>
void randomize(Rng& rng, Struct& value) {
  for_each_member<Struct>([&](const auto& member) { randomize(rng, value.*member.at); });
}

// A command that is sent as a message, because an engine carries it out.
inline Command random_command(Rng& rng) {
  Command command;
  randomize(rng, command);
  while (row_of(command.kind).doer != Doer::engine) randomize(rng, command.kind);
  command.count = 1 + rng.below(kMaxStepCount);
  command.speed = random_or_zero(rng, 0.1f, 10000.0f);
  command.value = static_cast<float>(rng.below(1000)) / 8 - 60;
  for (float& lr : command.race.lrs) lr = random_between(rng, kMinLr, kMaxLr);
  command.request.parts = rng.below(kAllSnapshotParts + 1);
  return command;
}

// A convolution, perhaps without a bias, and what the parts ask for of its numbers.
inline Parameters random_parameters(Rng& rng, uint32_t parts) {
  Parameters parameters;
  if (!(parts & (kPartWeights | kPartGradients | kPartChanges))) return parameters;
  LayerInfo layer;
  layer.name = random_text(rng, 8);
  layer.kind = random_choice<LayerKind>(rng);
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
  s.reused = rng.below(kAllSnapshotParts + 1) & ~parts;
  randomize(rng, s.status);
  s.status.image_rows = kRandomImages.rows;
  s.status.image_columns = kRandomImages.columns;
  s.spec = random_spec(rng);
  for_each_part([&](const auto& part) {
    if (parts & part.bits) randomize(rng, part.place(s));
  });
  s.parameters = random_parameters(rng, parts);  // its members have to fit each other
  if (parts & kPartBaseline) {
    s.baseline.ideals =
        random_floats(rng, random_bool(rng) ? s.spec.digits.size() * kRandomImages.pixels() : 0);
  }
  return s;
}

// Each part as likely there as not.
inline Snapshot random_snapshot(Rng& rng) {
  const uint32_t parts = rng.below(kAllSnapshotParts + 1);
  return random_snapshot(rng, parts);
}

}  // namespace downhill::test
