#include "ui/readings.hpp"

#include <algorithm>
#include <cmath>
#include <span>

namespace downhill::ui {
namespace {

constexpr size_t kPixelCount = 784;
// A digit about which the model says "no idea" must still be seen.
constexpr float kFaintestVote = 0.3f;

std::span<const float> first_layer(const Parameters& p, const std::vector<float>& slab) {
  if (p.layers.empty()) return {};
  const LayerInfo& layer = p.layers.front();
  const size_t size = static_cast<size_t>(layer.in) * layer.out;
  if (slab.size() < layer.weight_offset + size) return {};
  return std::span(slab).subspan(layer.weight_offset, size);
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

void describe_batch(Readings& r, const BatchView& batch) {
  const size_t shown = batch.shown;
  r.shown_right = r.shown_wrong = 0;
  if (!batch.predicted || batch.scores.size() < shown ||
      batch.pixels.size() < shown * kPixelCount) {
    r.vote.clear();
    return;
  }
  r.vote.resize(shown * kPixelCount);
  for (size_t i = 0; i < shown; ++i) {
    (is_right(batch, i) ? r.shown_right : r.shown_wrong) += 1;
    const float score = batch.scores[i];
    const float sure = std::clamp(std::abs(score - 0.5f) * 2, 0.0f, 1.0f);
    const float strength =
        (score >= 0.5f ? 1.0f : -1.0f) * (kFaintestVote + (1 - kFaintestVote) * sure) / 255.0f;
    for (size_t p = 0; p < kPixelCount; ++p) {
      r.vote[i * kPixelCount + p] =
          static_cast<float>(batch.pixels[i * kPixelCount + p]) * strength;
    }
  }
}

void describe_step(Readings& r, const Snapshot& s) {
  const std::vector<float>& w = s.parameters.values;
  const std::vector<float>& g = s.parameters.gradients;
  r.step_ready = !g.empty() && g.size() == w.size();
  if (!r.step_ready) return;
  r.before.resize(w.size());
  r.change.resize(w.size());
  for (size_t i = 0; i < w.size(); ++i) {
    r.change[i] = -r.step_lr * g[i];
    r.before[i] = r.after_step ? w[i] - r.change[i] : w[i] + r.change[i];
  }
  r.change_largest = largest(first_layer(s.parameters, r.change));
  r.changes.update(r.change_largest);
}

}  // namespace

bool is_right(const BatchView& batch, size_t i) {
  return i < batch.scores.size() && i < batch.digits.size() &&
         (batch.scores[i] >= 0.5f) == (batch.digits[i] == 3);
}

void Readings::update(const Snapshot& snapshot, uint64_t calm_id, uint64_t live_id,
                      std::optional<Phase> stage) {
  const bool calm = calm_id != calm_version, live = live_id != live_version,
             other = stage != stage_;
  calm_version = calm_id;
  live_version = live_id;
  stage_ = stage;
  if (!calm && !live && !other) return;
  const Parameters& p = snapshot.parameters;
  // Once the step is done the weights on hand are those after it, and the rate is that of the step.
  after_step = snapshot.status.phase != Phase::gradient && snapshot.status.step > 0;
  step_lr = after_step && !snapshot.curves.steps.empty() ? snapshot.curves.steps.back().lr
                                                         : snapshot.spec.lr;
  if (live || other) {
    weight_largest = largest(first_layer(p, p.values));
    weights.update(weight_largest);
    if (stage == Phase::initialize) describe_weights(*this, first_layer(p, p.values));
  }
  if (calm || other) {
    gradient_largest = largest(first_layer(p, p.gradients));
    gradients.update(gradient_largest);
    describe_batch(*this, snapshot.batch);
  }
  step_ready = false;
  if (stage == Phase::step) describe_step(*this, snapshot);
}

}  // namespace downhill::ui
