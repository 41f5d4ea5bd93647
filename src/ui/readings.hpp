// Numbers that the page derives from a snapshot, computed once when a new one arrives rather than
// every frame: the largest magnitudes for the scales, the distribution of the weights, the pixels
// of the batch's picture. Knows no drawing.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "session/snapshot.hpp"
#include "ui/nice_scale.hpp"
#include "ui/selection.hpp"

namespace downhill::ui {

// The weight that a view follows while none is chosen, and the weights among which it was picked.
struct Followed {
  std::optional<uint32_t> weight;
  int layer = 0;
  uint32_t first = 0, count = 0, parameters = 0;
  bool same_place(const Followed& other) const {
    return layer == other.layer && first == other.first && count == other.count &&
           parameters == other.parameters;
  }
};

struct Readings {
  // Versions of the pictures: they change when the values do.
  uint64_t calm_version = ~uint64_t{0}, live_version = ~uint64_t{0};
  // Of the selected layer: the symmetric scales of its heat maps, and how its weights are
  // distributed.
  HeatScale weights, gradients, changes;
  float spread = 0;  // standard deviation
  float weight_mean = 0;
  static constexpr int kBins = 41;
  std::array<uint32_t, kBins> histogram{};  // over -scale..scale
  uint32_t histogram_top = 0;
  float step_lr = 0;          // the rate of the step on show
  bool after_step = false;    // the current weights are those after the step
  bool step_ready = false;    // the change of the weights is known
  float step_length = 0;      // L2 norm of the change of all weights
  std::vector<float> before;  // all weights before the last step, or after the coming one
  // All weights at the moment of the gradient and the changes, for the views of one weight's step:
  // those on show may be newer.
  std::vector<float> settled;
  Followed followed;

  // The batch's picture, [shown][1 + pixels]: how sure the model is of its answer, signed where two
  // classes are blue and orange, then the pixels. Empty before the model has predicted.
  std::vector<float> prediction_pixels;
  bool prediction_is_signed = false;   // two classes: blue and orange
  uint32_t batch_version = 0;          // changes when the selection changes the batch's picture
  std::vector<LayerSummary> table;     // the spec's layers
  float saliency_top = 0;              // the largest magnitude of the inspected image's saliency
  std::vector<float> activation_tops;  // the inspected image's largest magnitude in each layer

  // `calm_id` changes with the batch, gradients and status, `live_id` with the weights. Computes
  // only what the selection shows.
  void update(const Snapshot& snapshot, uint64_t calm_id, uint64_t live_id,
              const Selection& selection);

  // The gradient on show: of the batch, or of the selected image alone.
  static std::span<const float> gradient(const Snapshot& snapshot, const Selection& selection);

 private:
  void update_table(const ExperimentSpec& spec);

  struct Choices {  // the choices that the readings depend on
    std::optional<Phase> stage;
    int layer = 0;
    bool as_entered = false, own_gradient = false;
    bool operator==(const Choices&) const = default;
  } choices_;
  ExperimentSpec table_spec_;
};

// True when the model's answer for image i of the batch equals its label. The loss and the accuracy
// of the batch go by the label too.
bool is_right(const BatchView& batch, size_t i);
// True when the label of image i is not the digit that it shows.
bool is_mislabelled(const BatchView& batch, size_t i);
// The class index of a digit in the experiment; 0 when the experiment does not have it.
size_t class_of(const ExperimentSpec& spec, uint8_t digit);
// The model's score for `digit` on image i: 0..1, or the raw output for losses that read the output
// directly.
float score_of(const Snapshot& snapshot, size_t i, uint8_t digit);

}  // namespace downhill::ui
