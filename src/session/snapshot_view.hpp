// Copies the trainer's state into the parts of a snapshot, in display order. Computes little: the
// norm of the weights, the loss and scores of each image, and, when asked for, the probe and the
// changes. Knows the trainer and the snapshot, not the conversation.
#pragma once

#include <vector>

#include "data/baseline.hpp"
#include "session/command.hpp"
#include "session/snapshot.hpp"
#include "train/trainer.hpp"

namespace downhill {

void view_status(const RunView& run, Status& out);

// Fills the parts that the request names, except findings and those of InspectionView. `scratch`
// grows to the size of the slab. `baseline`: null for points.
void view_parts(Trainer& trainer, const PixelBaseline* baseline, const SnapshotRequest& request,
                std::vector<float>& scratch, Snapshot& out);

// A slab of the model (values or gradients) in display order: layer after layer, the weights as
// torch has them, [out][planes][rows][columns], then the biases.
void view_slab(const Model& model, std::span<const float> slab, std::vector<float>& out);

// FNV-1a over the bits of all weights in display order.
uint64_t weights_digest(const RunView& run);

}  // namespace downhill
