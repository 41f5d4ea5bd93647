// Copies the last automatic test into a snapshot: the confusion matrix, the images with the
// greatest losses, the images of one cell. Knows the trainer and the snapshot, not the
// conversation.
#pragma once

#include "session/command.hpp"
#include "session/snapshot.hpp"
#include "train/run_view.hpp"

namespace downhill {

void view_evaluation(const RunView& run, EvaluationView& out);
// A cell of digits that the experiment does not use is empty.
void view_examples(const RunView& run, const SnapshotRequest& request, ExamplesView& out);

}  // namespace downhill
