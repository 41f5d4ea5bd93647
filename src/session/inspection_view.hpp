// Makes the parts of a snapshot that take passes through the model of their own: one image on its
// way, its gradient, the statistics of the layers. Reuses the memory that this takes. Knows the
// trainer and the snapshot, not the conversation.
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

// Where in the current batch the requested image is, if it is there.
std::optional<uint32_t> place_in_batch(const RunView& run, const SnapshotRequest& request);

class InspectionView {
 public:
  // The trainer must outlive it.
  explicit InspectionView(Trainer& trainer) : trainer_(trainer), inspector_(trainer) {}

  // To be called when the trainer was rebuilt: what is held belongs to the old model.
  void forget() { gradients_.reset(); }

  // Fills inspection, the image's gradient and statistics, as far as the request names them. An
  // image that does not exist gives nothing; a gradient exists only in the current batch.
  void view(const SnapshotRequest& request, Snapshot& out);

 private:
  void view_gradient(const SnapshotRequest& request, std::vector<float>& out);

  Trainer& trainer_;
  Inspector inspector_;
  std::optional<SampleGradients> gradients_;
  std::vector<float> slab_;
};

}  // namespace downhill
