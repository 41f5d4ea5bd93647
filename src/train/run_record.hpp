// Everything that a run has to remember to go on, to the bit, as if it had never stopped: what was
// done, and the states at the ends of a few epochs. From the last of them the rest is done again,
// as going back does. A plain value, with a form as named tensors and texts for a file.
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
  ExperimentSpec spec;  // as it is now
  uint64_t position = 0;
  bool finished = false;  // a stop rule had fired
  double training_seconds = 0;
  StopSpec rules;  // those still in force
  uint32_t epoch_limit = 0;
  std::vector<uint32_t> schedule_starts;
  RunHistory history;
  // At the end of epochs, in order; the first is of epoch 0. The last one is of the last epoch that
  // was done, or of one before it; the best one is among them.
  std::vector<Checkpoint> states;
};

// As tensors "run.…" and metadata. Other tensors of the file, the weights under PyTorch's names,
// are for other programs and are not read here.
void append_run(const RunRecord& record, TensorFile& file);

// Whether a file holds a run.
bool has_run(const TensorFile& file);
// Refused, with a sentence: what is missing, does not fit together, or is out of range.
Result<RunRecord> read_run(const TensorFile& file);

}  // namespace downhill
