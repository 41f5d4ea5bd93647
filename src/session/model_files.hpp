// The files that `save` writes: the weights for PyTorch or the whole run as safetensors, a result
// as text, the run's numbers as CSV. Knows the trainer, not the conversation.
#pragma once

#include "session/command.hpp"
#include "session/message.hpp"
#include "session/run_log.hpp"
#include "train/trainer.hpp"

namespace downhill {

// "downhill-conv-epoch3.safetensors" holds the weights and running statistics under PyTorch's names
// (nn/state_dict.hpp); "…-checkpoint.safetensors" holds them too, and the run
// (train/run_record.hpp). Refused: the result of a run that began from a file, gradients before
// there are any, scores of a batch that the model has not seen.
Result<File> write_file(Trainer& trainer, const RunLog& log, FileKind kind);

}  // namespace downhill
