// Looking closely, for the parts of a snapshot that take a pass through the model of their own: one
// image on its way, its gradient, the layers in numbers. Keeps the memory that this takes. Knows
// the trainer and the snapshot, not the conversation.
#pragma once

#include <optional>
#include <vector>

#include "session/command.hpp"
#include "session/snapshot.hpp"
#include "train/inspection.hpp"
#include "train/layer_statistics.hpp"
#include "train/sample_gradients.hpp"
#include "train/trainer.hpp"

namespace downhill {

class InspectionView {
 public:
  // The trainer must outlive it.
  explicit InspectionView(Trainer& trainer) : trainer_(trainer), inspector_(trainer) {}

  // The trainer was rebuilt: what was kept of its model is of another one.
  void forget() { gradients_.reset(); }

  // Inspection, gradient of the image, and statistics, as far as the request names them. Nothing of
  // an image that is not there; the gradient only of an image of the current batch.
  void view(const SnapshotRequest& request, Snapshot& out);

 private:
  void view_gradient(const SnapshotRequest& request, std::vector<float>& out);

  Trainer& trainer_;
  Inspector inspector_;
  std::optional<SampleGradients> gradients_;
  std::vector<float> slab_;
};

}  // namespace downhill
