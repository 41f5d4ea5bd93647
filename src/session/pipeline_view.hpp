// Follows one image of the current batch from the file into the network, with the numbers that the
// loader draws and computes for it. Knows the run and the snapshot, not the conversation.
#pragma once

#include "session/command.hpp"
#include "session/snapshot.hpp"
#include "train/run_view.hpp"

namespace downhill {

// The requested image if it is in the current batch, otherwise the first one of the batch.
Pipeline view_pipeline(const RunView& run, const SnapshotRequest& request);

}  // namespace downhill
