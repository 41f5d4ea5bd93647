// Everything that a run needs to go on, to the bit, as if it had never stopped: its history, and
// the states at the ends of a few epochs. The steps after the last state are computed again, as in
// going back. A plain value, with a form as named tensors and texts for a file.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "files/safetensors.hpp"
#include "train/checkpoints.hpp"
#include "train/experiment_spec.hpp"
#include "train/recorder.hpp"

namespace downhill {

struct RunRecord {
  ExperimentSpec spec;  // with its current live settings
  uint64_t position = 0;
  bool finished = false;  // a stop rule had fired
  double training_seconds = 0;
  StopSpec rules;  // without those that were set aside
  uint32_t epoch_limit = 0;
  std::vector<uint32_t> schedule_starts;
  RunHistory history;
  // At the ends of epochs, in order, from epoch 0 to the last complete epoch or an earlier one. The
  // state of the best epoch is among them.
  std::vector<Checkpoint> states;
};

// Writes tensors "run.…" and metadata. The other tensors of the file, the weights under PyTorch's
// names, are for other programs and are not read here.
void append_run(const RunRecord& record, TensorFile& file);

// Whether a file holds a run.
bool has_run(const TensorFile& file);
// Refuses a record in which something is missing, inconsistent, or out of range.
Result<RunRecord> read_run(const TensorFile& file);

}  // namespace downhill
