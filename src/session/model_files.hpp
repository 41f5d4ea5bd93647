// The files that `save` writes: the weights for PyTorch, or the whole run. Both are safetensors.
// Knows the trainer, not the conversation.
#pragma once

#include "session/command.hpp"
#include "session/message.hpp"
#include "train/trainer.hpp"

namespace downhill {

// "downhill-conv-epoch3.safetensors" holds the weights and running statistics under PyTorch's names
// (nn/state_dict.hpp); "…-checkpoint.safetensors" holds them too, and the run
// (train/run_record.hpp).
File write_file(Trainer& trainer, FileKind kind);

}  // namespace downhill
