#include "session/snapshot_view.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/hash.hpp"
#include "kernels/reduce.hpp"
#include "kernels/update.hpp"
#include "train/probe.hpp"

namespace downhill {

namespace {

enum class Slab { values, grads };

// Weights stand in the slab as [in][out], and are shown as [out][in]: one row per unit.
void copy_slab(const Trainer& trainer, Slab which, std::vector<float>& shown) {
  shown.resize(trainer.model().slabs().count());
  float* at = shown.data();
  for (const Linear* layer : trainer.model().linears()) {
    const Parameter& w = layer->weight();
    const Parameter& b = layer->bias();
    const bool values = which == Slab::values;
    kernels::transpose(at, (values ? w.value : w.grad).data, layer->in(), layer->out());
    at += w.value.size();
    std::ranges::copy((values ? b.value : b.grad).span(), at);
    at += b.value.size();
  }
}

// The place in the slab of a parameter in display order, or null.
float* find_parameter(Trainer& trainer, uint32_t index) {
  for (const Linear* layer : trainer.model().linears()) {
    const auto weights = static_cast<uint32_t>(layer->weight().value.size());
    if (index < weights) {
      const uint32_t unit = index / layer->in(), input = index % layer->in();
      return layer->weight().value.data + size_t{input} * layer->out() + unit;
    }
    index -= weights;
    if (index < layer->out()) return layer->bias().value.data + index;
    index -= layer->out();
  }
  return nullptr;
}

template <class Point>
void copy_from(std::span<const Point> all, uint32_t held, std::vector<Point>& out) {
  const size_t first = std::min<size_t>(held, all.size());
  out.assign(all.begin() + static_cast<std::ptrdiff_t>(first), all.end());
}

}  // namespace

void view_status(const Trainer& trainer, Status& out) {
  out.finished = trainer.finished();
  out.phase = trainer.phase();
  out.next = trainer.next();
  out.step = trainer.steps_done();
  out.epoch = trainer.epochs_done();
  out.batch = trainer.batch_in_epoch();
  out.batches_per_epoch = trainer.batches_per_epoch();
  out.epoch_limit = trainer.epoch_limit();
  out.parameter_count = static_cast<uint32_t>(trainer.model().slabs().count());
  out.train_loss = trainer.train_loss();
  out.previous_loss = trainer.previous_loss();
  out.batch_accuracy = trainer.batch_accuracy();
  const EpochPoint& test = trainer.recorder().epochs().back();
  out.valid_loss = test.valid_loss;
  out.valid_accuracy = test.valid_accuracy;
  out.best_valid_accuracy = trainer.best_valid_accuracy();
  out.gradient_norm = trainer.gradient_norm();
  const std::span<const float> values = trainer.model().slabs().values();
  out.weight_norm = kernels::norm(values.data(), values.size());
  out.update_norm = trainer.update_norm();
  out.training_seconds = trainer.training_seconds();
  const Trouble& trouble = trainer.trouble();
  out.health = trouble.health;
  out.trouble_step = trouble.step;
  out.good_step = trouble.good_step;
  out.can_recover = trouble.health != Health::fine;
  out.diagnosis = trouble.diagnosis;
  out.stop_reason = trainer.stop_reason();
}

void view_curves(const Recorder& recorder, const SnapshotRequest& held, Curves& out) {
  const bool same = held.generation == recorder.generation();
  out.generation = recorder.generation();
  copy_from(recorder.steps(), same ? held.steps_held : 0, out.steps);
  copy_from(recorder.epochs(), same ? held.epochs_held : 0, out.epochs);
  copy_from(recorder.marks(), same ? held.marks_held : 0, out.marks);
}

void view_parameters(const Trainer& trainer, uint32_t parts, Parameters& out) {
  out.layers.clear();
  uint32_t offset = 0;
  for (const Linear* layer : trainer.model().linears()) {
    const uint32_t weights = layer->in() * layer->out();
    out.layers.push_back({layer->name(), layer->in(), layer->out(), offset, offset + weights});
    offset += weights + layer->out();
  }
  out.values.clear();
  out.gradients.clear();
  if (parts & kPartWeights) copy_slab(trainer, Slab::values, out.values);
  if ((parts & kPartGradients) && trainer.has_gradient()) {
    copy_slab(trainer, Slab::grads, out.gradients);
  }
}

void view_batch(const Trainer& trainer, const Dataset& data, uint32_t max_images, BatchView& out) {
  const Batch& batch = trainer.batch();
  const Loss& loss = trainer.loss();
  out.size = batch.size;
  out.shown = std::min(batch.size, max_images);
  out.predicted = trainer.predicted();
  out.pixels.clear();
  out.indices.assign(batch.indices.begin(), batch.indices.begin() + out.shown);
  out.digits.clear();
  out.outputs.clear();
  out.scores.clear();
  out.losses.clear();
  for (uint32_t i = 0; i < out.shown; ++i) {
    const auto image = data.image(batch.indices[i]);
    out.pixels.insert(out.pixels.end(), image.begin(), image.end());
    out.digits.push_back(data.digit(batch.indices[i]));
    if (!out.predicted) continue;
    const float output = trainer.outputs()[i];
    out.outputs.push_back(output);
    out.scores.push_back(loss.score(output));
    out.losses.push_back(loss.item(output, batch.targets[i]));
  }
}

void view_baseline(const PixelBaseline& baseline, Baseline& out) {
  const auto three = baseline.ideal(0), seven = baseline.ideal(1);
  out.mean3.assign(three.begin(), three.end());
  out.mean7.assign(seven.begin(), seven.end());
}

std::optional<Probe> view_probe(Trainer& trainer, uint32_t parameter, std::vector<float>& scratch) {
  float* weight = find_parameter(trainer, parameter);
  if (weight == nullptr) return std::nullopt;
  scratch.resize(trainer.model().slabs().values().size());
  const Nudge n = nudge(trainer, weight, scratch);
  return Probe{parameter, n.value, n.gradient, n.h, n.loss, n.loss_up, n.loss_down, n.slope};
}

uint64_t weights_digest(const Trainer& trainer) {
  std::vector<float> shown;
  copy_slab(trainer, Slab::values, shown);
  return fnv1a(std::span<const float>(shown));
}

}  // namespace downhill
