// Numbers that the page derives from a snapshot, worked out once when a new one arrives and not
// once per frame: largest magnitudes for the scales, the spread of the weights, what the batch's
// pictures show. Knows no drawing.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "session/snapshot.hpp"
#include "ui/nice_scale.hpp"

namespace downhill::ui {

struct Readings {
  // Of pictures: they change when the values do.
  uint64_t calm_version = ~uint64_t{0}, live_version = ~uint64_t{0};
  HeatScale weights, gradients, changes;  // symmetric scales of the heat maps
  float gradient_largest = 0, weight_largest = 0, change_largest = 0;
  float spread = 0;  // standard deviation of all weights of the first layer
  float weight_mean = 0;
  float step_lr = 0;        // the rate of the last step
  bool after_step = false;  // the weights are those after it
  static constexpr int kBins = 41;
  std::array<uint32_t, kBins> histogram{};  // of the first layer's weights, over -scale..scale
  uint32_t histogram_top = 0;
  uint32_t shown_right = 0, shown_wrong = 0;
  std::vector<float> vote;    // [shown][784]: ink times the vote, blue and orange digits
  std::vector<float> before;  // the slab before the last step, or after the coming one
  std::vector<float> change;  // -lr * gradient

  bool step_ready = false;  // before and change are known

  // `calm_id` tells when batch, gradients and status are new, `live_id` when the weights are. Works
  // out what `stage` shows and no more.
  void update(const Snapshot& snapshot, uint64_t calm_id, uint64_t live_id,
              std::optional<Phase> stage);

 private:
  std::optional<Phase> stage_;
};

// True when the model's answer for image i of the batch is its digit.
bool is_right(const BatchView& batch, size_t i);

}  // namespace downhill::ui
