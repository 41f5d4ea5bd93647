// How the trainer's state becomes the parts of a snapshot: copies in display order, with no
// arithmetic beyond each image's own loss and score. Knows the trainer and the snapshot, not the
// conversation.
#pragma once

#include <optional>
#include <vector>

#include "data/baseline.hpp"
#include "session/command.hpp"
#include "session/snapshot.hpp"
#include "train/trainer.hpp"

namespace downhill {

void view_status(const Trainer& trainer, Status& out);
// The points that the page does not hold yet; all of them if it holds those of another generation.
void view_curves(const Recorder& recorder, const SnapshotRequest& held, Curves& out);
// Layers, and the slabs that `parts` asks for.
void view_parameters(const Trainer& trainer, uint32_t parts, Parameters& out);
void view_batch(const Trainer& trainer, const Dataset& data, uint32_t max_images, BatchView& out);
void view_baseline(const PixelBaseline& baseline, Baseline& out);
// Nothing if there is no such parameter. `scratch` grows to the size of the slab.
std::optional<Probe> view_probe(Trainer& trainer, uint32_t parameter, std::vector<float>& scratch);
// FNV-1a over the bits of all weights in display order.
uint64_t weights_digest(const Trainer& trainer);

}  // namespace downhill
