#include "ui/readings.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include "ui/image_grid.hpp"
#include "ui/shown.hpp"

namespace downhill::ui {
namespace {

// One layer's numbers in a slab: a norm's gamma and beta, any other layer's weights.
std::span<const float> layer_numbers(const Parameters& p, std::span<const float> slab, int layer) {
  if (layer < 0 || static_cast<size_t>(layer) >= p.layers.size()) return {};
  const LayerInfo& info = p.layers[static_cast<size_t>(layer)];
  size_t size = static_cast<size_t>(info.in) * info.out;
  if (is_norm(info.kind) && info.has_bias) size += info.out;
  if (slab.size() < info.weight_offset + size) return {};
  return slab.subspan(info.weight_offset, size);
}

float largest(std::span<const float> values) {
  float most = 0;
  for (const float v : values) {
    const float magnitude = std::abs(v);
    if (std::isfinite(magnitude)) most = std::max(most, magnitude);
  }
  return most;
}

void describe_weights(Readings& r, std::span<const float> weights) {
  double sum = 0, squares = 0;
  r.histogram.fill(0);
  const float scale = r.weights.value();
  for (const float w : weights) {
    sum += static_cast<double>(w);
    squares += static_cast<double>(w) * static_cast<double>(w);
    if (!std::isfinite(w)) continue;
    const float t = std::clamp((w / scale + 1) / 2, 0.0f, 1.0f);
    r.histogram[static_cast<size_t>(t * (Readings::kBins - 1) + 0.5f)] += 1;
  }
  r.histogram_top = *std::max_element(r.histogram.begin(), r.histogram.end());
  const double n = std::max<double>(1, static_cast<double>(weights.size()));
  const double mean = sum / n;
  r.weight_mean = static_cast<float>(mean);
  r.spread = static_cast<float>(std::sqrt(std::max(0.0, squares / n - mean * mean)));
}

// How sure the model is of image i, 0..1, or -1..1 with two digits: positive (blue) is the first and
// negative (orange) the second. The root of the difference of their scores, because a model that has
// learned little is never far from unsure, and its answers should show.
float certainty_of(const Snapshot& s, size_t i, bool sign) {
  const BatchView& batch = s.batch;
  if (sign) {
    const float first = score_of(s, i, static_cast<uint8_t>(s.spec.digits[0] - '0'));
    const float second = score_of(s, i, static_cast<uint8_t>(s.spec.digits[1] - '0'));
    const float lead = first - second;
    if (!std::isfinite(lead)) return 0;
    return std::copysign(std::sqrt(std::min(std::abs(lead), 1.0f)), lead);
  }
  const float score = score_of(s, i, batch.answers[i]);
  return std::isfinite(score) ? std::clamp(score, 0.0f, 1.0f) : 0.0f;
}

void describe_batch(Readings& r, const Snapshot& s, bool as_entered) {
  const BatchView& batch = s.batch;
  const size_t shown = batch.shown, size = image_size(s).pixels();
  const std::vector<uint8_t>& pixels =
      as_entered && batch.entered.size() == batch.pixels.size() ? batch.entered : batch.pixels;
  if (!batch.predicted || batch.answers.size() < shown ||
      batch.scores.size() < shown * batch.outputs_per_image || pixels.size() < shown * size) {
    r.prediction_pixels.clear();
    return;
  }
  r.prediction_is_signed = s.spec.digits.size() == 2;
  r.prediction_pixels.resize(shown * (1 + size));
  for (size_t i = 0; i < shown; ++i) {
    float* tile = &r.prediction_pixels[i * (1 + size)];
    *tile++ = certainty_of(s, i, r.prediction_is_signed);
    for (size_t p = 0; p < size; ++p) *tile++ = static_cast<float>(pixels[i * size + p]) / 255.0f;
  }
}

void describe_step(Readings& r, const Snapshot& s, int layer) {
  const std::vector<float>& w = s.parameters.values;
  const std::vector<float>& change = s.parameters.changes;
  r.step_ready = !change.empty() && change.size() == w.size();
  if (!r.step_ready) return;
  r.before.resize(w.size());
  double squares = 0;
  for (size_t i = 0; i < w.size(); ++i) {
    r.before[i] = r.after_step ? w[i] - change[i] : w[i] + change[i];
    squares += static_cast<double>(change[i]) * static_cast<double>(change[i]);
  }
  r.step_length = static_cast<float>(std::sqrt(squares));
  r.changes.update(magnitudes_of(layer_numbers(s.parameters, change, layer)),
                   too_fast_for_eyes(s.status));
}

void describe_inspection(Readings& r, const Snapshot& s) {
  r.activation_tops.clear();
  if (!s.inspection) return;
  r.saliency_top = largest(s.inspection->saliency);
  for (const Activation& layer : s.inspection->layers)
    r.activation_tops.push_back(largest(layer.values));
}

}  // namespace

bool is_right(const BatchView& batch, size_t i) {
  return i < batch.answers.size() && i < batch.labels.size() && batch.answers[i] == batch.labels[i];
}

bool is_mislabelled(const BatchView& batch, size_t i) {
  return i < batch.digits.size() && i < batch.labels.size() && batch.digits[i] != batch.labels[i];
}

size_t class_of(const ExperimentSpec& spec, uint8_t digit) {
  const size_t at = spec.digits.find(static_cast<char>('0' + digit));
  return at == std::string::npos ? 0 : at;
}

float score_of(const Snapshot& snapshot, size_t i, uint8_t digit) {
  const BatchView& batch = snapshot.batch;
  const size_t which = class_of(snapshot.spec, digit);
  const size_t at = i * batch.outputs_per_image + (batch.outputs_per_image > 1 ? which : 0);
  if (at >= batch.scores.size()) return 0;
  // A single output is the score of the first of two digits.
  return batch.outputs_per_image == 1 && which == 1 ? 1 - batch.scores[at] : batch.scores[at];
}

std::span<const float> Readings::gradient(const Snapshot& snapshot, const Selection& selection) {
  return selection.shows_own_gradient() ? std::span<const float>(snapshot.sample_gradient)
                                        : std::span<const float>(snapshot.parameters.gradients);
}

void Readings::update_table(const ExperimentSpec& spec) {
  if (!table.empty() && spec == table_spec_) return;
  table_spec_ = spec;
  table = layer_table(spec);
}

void Readings::update(const Snapshot& snapshot, uint64_t calm_id, uint64_t live_id,
                      const Selection& selection) {
  const Choices now{selection.stage, selection.layer, selection.as_entered, selection.own_gradient};
  const bool calm = calm_id != calm_version, live = live_id != live_version,
             other = !(now == choices_);
  calm_version = calm_id;
  live_version = live_id;
  choices_ = now;
  if (!calm && !live && !other) return;
  if (other) batch_version += 1;
  update_table(snapshot.spec);
  const Parameters& p = snapshot.parameters;
  // Once the step is done, the snapshot's weights are those after it and the rate is that of the
  // step.
  after_step = snapshot.status.phase != Phase::gradient && snapshot.status.step > 0;
  step_lr = after_step && !snapshot.curves.steps.empty() ? snapshot.curves.steps.back().lr
                                                         : snapshot.status.lr;
  const bool fast = too_fast_for_eyes(snapshot.status);
  if (live || other) {
    const std::span<const float> chosen = layer_numbers(p, p.values, selection.layer);
    weights.update(magnitudes_of(chosen), fast);
    if (selection.stage == Phase::initialize) describe_weights(*this, chosen);
  }
  if (calm || other) {
    const bool steps = selection.stage == Phase::gradient || selection.stage == Phase::step;
    settled.assign(p.values.begin(), steps ? p.values.end() : p.values.begin());
    gradients.update(
        magnitudes_of(layer_numbers(p, gradient(snapshot, selection), selection.layer)), fast);
    describe_batch(*this, snapshot, selection.as_entered);
    describe_inspection(*this, snapshot);
  }
  step_ready = false;
  if (selection.stage == Phase::step) describe_step(*this, snapshot, selection.layer);
}

}  // namespace downhill::ui
