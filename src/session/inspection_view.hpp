// Makes the parts of a snapshot that take passes through the model of their own: one image on its
// way, its gradient, the digit drawn by hand, the statistics of the layers. Reuses the memory that this takes. Knows the
// trainer and the snapshot, not the conversation.
#pragma once

#include <optional>
#include <vector>

#include "base/result.hpp"
#include "data/drawing.hpp"
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

  // Returns what is wrong with the order, which then changes nothing.
  Result<void> draw(const DrawOrder& order);

  // To be called when the trainer was rebuilt: what is held belongs to the old model.
  void forget() { gradients_.reset(); }

  // Fills inspection, the image's gradient and statistics, as far as the request names them. An
  // image that does not exist gives nothing; a gradient exists only in the current batch.
  void view(const SnapshotRequest& request, Snapshot& out);

 private:
  std::optional<Subject> subject_of(const SnapshotRequest& request);
  bool can_see_drawing() const;
  std::optional<Subject> drawn_subject();
  void view_drawing(std::optional<DrawingView>& out);
  void view_gradient(const SnapshotRequest& request, std::vector<float>& out);

  Trainer& trainer_;
  Inspector inspector_;
  Drawing drawing_;
  PreparedDrawing prepared_;
  std::optional<SampleGradients> gradients_;
  std::vector<float> slab_;
};

}  // namespace downhill
