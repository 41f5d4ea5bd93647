// Numbers that the page derives from a snapshot, worked out once when a new one arrives and not
// once per frame: largest magnitudes for the scales, the spread of the weights, what the batch's
// pictures show. Knows no drawing.
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

struct Readings {
  // Of pictures: they change when the values do.
  uint64_t calm_version = ~uint64_t{0}, live_version = ~uint64_t{0};
  // Of the chosen layer: symmetric scales of the heat maps, and how its weights are spread.
  HeatScale weights, gradients, changes;
  float spread = 0;  // standard deviation
  float weight_mean = 0;
  static constexpr int kBins = 41;
  std::array<uint32_t, kBins> histogram{};  // over -scale..scale
  uint32_t histogram_top = 0;
  float step_lr = 0;          // the rate of the last step
  bool after_step = false;    // the weights are those after it
  bool step_ready = false;    // what it changes is known
  float step_length = 0;      // L2 norm of the change of all weights
  std::vector<float> before;  // the slab before the last step, or after the coming one

  // The batch as it is shown: [shown][784], ink or blue and orange times the sureness of the
  // answer. Empty before the model was asked.
  std::vector<float> vote;
  bool vote_has_sign = false;       // blue and orange
  uint32_t batch_version = 0;       // changes when another choice changes its pictures
  std::vector<LayerSummary> table;  // of layers, of the spec
  std::vector<float>
      activation_tops;  // of the inspected image: the largest magnitude of each layer

  // `calm_id` tells when batch, gradients and status are new, `live_id` when the weights are. Works
  // out what the selection shows and no more.
  void update(const Snapshot& snapshot, uint64_t calm_id, uint64_t live_id,
              const Selection& selection);

  // The gradient on show: of the batch, or of the chosen image alone.
  static std::span<const float> gradient(const Snapshot& snapshot, const Selection& selection);

 private:
  void update_table(const ExperimentSpec& spec);

  struct Looked {  // the choices that the readings hang on
    std::optional<Phase> stage;
    int layer = 0;
    bool as_entered = false, own_gradient = false;
    bool operator==(const Looked&) const = default;
  } looked_;
  ExperimentSpec table_spec_;
};

// True when the model's answer for image i of the batch is what its label says, which is what the
// loss and the accuracy of the batch go by.
bool is_right(const BatchView& batch, size_t i);
// True when its label is not what it shows.
bool is_mislabelled(const BatchView& batch, size_t i);
// Place of a digit among those of the experiment; 0 for one that is not among them.
size_t class_of(const ExperimentSpec& spec, uint8_t digit);
// How much image i is said to be `digit`, 0..1 or, for outputs read as they are, whatever they are.
float score_of(const Snapshot& snapshot, size_t i, uint8_t digit);

}  // namespace downhill::ui
