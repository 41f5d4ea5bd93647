#include "session/snapshot_view.hpp"

#include <algorithm>
#include <limits>

#include "base/hash.hpp"
#include "kernels/reductions/reduce.hpp"
#include "session/evaluation_view.hpp"
#include "session/pipeline_view.hpp"
#include "train/probe.hpp"

namespace downhill {

namespace {

template <class Point>
void copy_from(std::span<const Point> all, uint32_t held, std::vector<Point>& out) {
  const size_t first = std::min<size_t>(held, all.size());
  out.assign(all.begin() + static_cast<std::ptrdiff_t>(first), all.end());
}

// The points that the page does not hold yet, or all points if it holds another generation.
void view_curves(const Recorder& recorder, const SnapshotRequest& held, Curves& out) {
  const bool same = held.generation == recorder.generation();
  out.generation = recorder.generation();
  copy_from(recorder.steps(), same ? held.steps_held : 0, out.steps);
  copy_from(recorder.epochs(), same ? held.epochs_held : 0, out.epochs);
  copy_from(recorder.marks(), same ? held.marks_held : 0, out.marks);
}

LayerInfo info_of(const WeightedLayer& layer, uint32_t offset) {
  const WeightLayout& layout = layer.layout();
  LayerInfo info;
  info.name = layer.name();
  info.kind = layer.summary().what;
  info.in = layout.fan_in();
  info.out = layout.units;
  info.planes = layout.planes;
  info.rows = layout.rows;
  info.columns = layout.columns;
  info.weight_offset = offset;
  info.has_bias = layer.bias() != nullptr;
  info.bias_offset = info.has_bias ? offset + layout.size() : 0;
  info.frozen = layer.frozen();
  return info;
}

// The layers, and the slabs that `parts` asks for.
void view_parameters(const RunView& run, uint32_t parts, Parameters& out) {
  const Model& model = run.model();
  out.layers.clear();
  out.values.clear();
  out.gradients.clear();
  if (!(parts & (kPartWeights | kPartGradients | kPartChanges))) return;
  uint32_t offset = 0;
  for (const WeightedLayer* layer : model.weighted()) {
    out.layers.push_back(info_of(*layer, offset));
    offset += layer->layout().size() + (layer->bias() != nullptr ? layer->layout().units : 0);
  }
  if (parts & kPartWeights) view_slab(model, model.slabs().values(), out.values);
  if ((parts & kPartGradients) && run.has_gradient()) {
    view_slab(model, model.slabs().grads(), out.gradients);
  }
}

void view_changes(Trainer& trainer, std::vector<float>& scratch, std::vector<float>& out) {
  out.clear();
  if (!trainer.has_gradient()) return;
  scratch.resize(trainer.model().slabs().values().size());
  trainer.change(scratch);
  view_slab(trainer.model(), scratch, out);
}

// A parameter's place in the slab, by its index in display order; null if there is none.
float* find_parameter(Trainer& trainer, uint32_t index) {
  for (const WeightedLayer* layer : trainer.model().weighted()) {
    const WeightLayout& layout = layer->layout();
    if (index < layout.size()) return layer->weight().value.data + layout.place(index);
    index -= layout.size();
    if (layer->bias() == nullptr) continue;
    if (index < layout.units) return layer->bias()->value.data + index;
    index -= layout.units;
  }
  return nullptr;
}

void view_predictions(const RunView& run, BatchView& out) {
  const Objective& objective = run.objective();
  const Batch& batch = run.batch();
  const uint32_t width = objective.outputs();
  const std::string& digits = run.train_set().digits();
  for (uint32_t i = 0; i < out.shown; ++i) {
    const auto outputs = run.outputs().subspan(size_t{i} * width, width);
    out.outputs.insert(out.outputs.end(), outputs.begin(), outputs.end());
    out.scores.resize(out.scores.size() + width);
    objective.scores(outputs, std::span(out.scores).last(width));
    out.answers.push_back(static_cast<uint8_t>(digits[objective.answer(outputs)] - '0'));
    out.losses.push_back(objective.item(outputs, batch.classes[i]));
  }
}

void view_batch(const RunView& run, uint32_t max_images, BatchView& out) {
  const Batch& batch = run.batch();
  const Dataset& data = run.train_set();
  out = BatchView{};
  out.size = batch.size;
  out.shown = std::min(batch.size, max_images);
  out.predicted = run.predicted();
  out.outputs_per_image = run.objective().outputs();
  if (data.width() > 0) {  // points are a part of their own
    out.shown = 0;
    return;
  }
  out.indices.assign(batch.indices.begin(), batch.indices.begin() + out.shown);
  for (const uint32_t index : out.indices) {
    const auto image = data.image(index);
    out.pixels.insert(out.pixels.end(), image.begin(), image.end());
    out.digits.push_back(data.digit(index));
    out.labels.push_back(static_cast<uint8_t>(data.class_name(data.class_of(index))[0] - '0'));
  }
  if (!batch.transformed.empty()) {
    const auto entered = batch.transformed.first(size_t{out.shown} * batch.pixels);
    out.entered.assign(entered.begin(), entered.end());
  }
  if (out.predicted) view_predictions(run, out);
}

std::optional<Probe> view_probe(Trainer& trainer, uint32_t parameter, std::vector<float>& scratch) {
  float* weight = find_parameter(trainer, parameter);
  if (weight == nullptr) return std::nullopt;
  scratch.resize(trainer.model().slabs().values().size());
  const Nudge n = nudge(trainer, weight, scratch);
  return Probe{parameter, n.value, n.gradient, n.h, n.loss, n.loss_up, n.loss_down, n.slope};
}

}  // namespace

void view_status(const RunView& run, Status& out) {
  out.finished = run.finished();
  out.phase = run.phase();
  out.next = run.next();
  out.step = run.steps_done();
  out.epoch = run.epochs_done();
  out.batch = run.batch_in_epoch();
  out.batches_per_epoch = run.batches_per_epoch();
  out.epoch_limit = run.epoch_limit();
  out.train_count = run.train_set().size();
  const ImageSize images = run.train_set().image_size();
  out.image_rows = images.rows;
  out.image_columns = images.columns;
  out.parameter_count = static_cast<uint32_t>(run.model().slabs().count());
  out.train_loss = run.train_loss();
  out.previous_loss = run.previous_loss();
  out.batch_accuracy = run.batch_accuracy();
  const EpochPoint& test = run.tested();
  out.valid_loss = test.valid_loss;
  out.valid_accuracy = test.valid_accuracy;
  out.tested_epoch = test.epoch;
  out.best_valid_accuracy = run.best_valid_accuracy();
  out.gradient_norm = run.gradient_norm();
  const std::span<const float> values = run.model().slabs().values();
  out.weight_norm = kernels::norm(values.data(), values.size());
  out.update_norm = run.update_norm();
  const Rates rates = run.rates();
  out.lr = rates.lr;
  out.momentum = rates.momentum;
  out.training_seconds = run.training_seconds();
  const Trouble& trouble = run.trouble();
  out.health = trouble.health;
  out.trouble_step = trouble.step;
  out.good_step = trouble.good_step;
  out.can_recover = trouble.health != Health::fine && trouble.health != Health::faulty;
  out.diagnosis = trouble.diagnosis;
  out.stop_reason = run.stop_reason();
  out.best_is_back = run.best_is_back();
}

void view_parts(Trainer& trainer, const PixelBaseline* baseline, const SnapshotRequest& request,
                std::vector<float>& scratch, Snapshot& out) {
  const uint32_t parts = request.parts;
  if (parts & kPartCurves) view_curves(trainer.recorder(), request, out.curves);
  view_parameters(trainer, parts, out.parameters);
  if (parts & kPartChanges) view_changes(trainer, scratch, out.parameters.changes);
  if (parts & kPartBatch) view_batch(trainer, request.max_images, out.batch);
  if (parts & kPartBaseline) {
    out.baseline.ideals.clear();
    for (uint32_t which = 0; baseline != nullptr && which < baseline->class_count(); ++which) {
      const auto ideal = baseline->ideal(which);
      out.baseline.ideals.insert(out.baseline.ideals.end(), ideal.begin(), ideal.end());
    }
  }
  if (parts & kPartProbe) out.probe = view_probe(trainer, request.probe_parameter, scratch);
  if (parts & kPartValley) out.valley = measure_valley(trainer);
  if ((parts & kPartPipeline) && !has_points(trainer.spec().data))
    out.pipeline = view_pipeline(trainer, request);
  if ((parts & kPartFit) && has_points(trainer.spec().data)) out.fit = fit_of(trainer);
  if (parts & kPartEvaluation) view_evaluation(trainer, out.evaluation);
  if (parts & kPartExamples) view_examples(trainer, request, out.examples);
  out.digest = parts & kPartDigest ? weights_digest(trainer) : 0;
}

namespace {

// Transposes [inputs, units] to [units, inputs] in blocks of kSide inputs, so that neither side
// touches a whole cache line for a single number.
void copy_in_torch_order(const WeightLayout& layout, const float* weight, float* out) {
  constexpr uint32_t kSide = 16;
  const uint32_t seen = layout.fan_in(), units = layout.units;
  const uint32_t pixels = layout.rows * layout.columns;
  for (uint32_t first = 0; first < seen; first += kSide) {
    const uint32_t last = std::min(seen, first + kSide);
    for (uint32_t unit = 0; unit < units; ++unit) {
      for (uint32_t k = first; k < last; ++k) {
        const uint32_t row = layout.channels_last ? k % pixels * layout.planes + k / pixels : k;
        out[size_t{unit} * seen + k] = weight[size_t{row} * units + unit];
      }
    }
  }
}

}  // namespace

void view_slab(const Model& model, std::span<const float> slab, std::vector<float>& out) {
  out.resize(model.slabs().count());
  const float* first = model.slabs().values().data();
  float* at = out.data();
  for (const WeightedLayer* layer : model.weighted()) {
    const WeightLayout& layout = layer->layout();
    const float* weight = slab.data() + (layer->weight().value.data - first);
    copy_in_torch_order(layout, weight, at);
    at += layout.size();
    if (layer->bias() == nullptr) continue;
    at = std::copy_n(slab.data() + (layer->bias()->value.data - first), layout.units, at);
  }
}

uint64_t weights_digest(const RunView& run) {
  std::vector<float> shown;
  view_slab(run.model(), run.model().slabs().values(), shown);
  return fnv1a(std::span<const float>(shown));
}

}  // namespace downhill
