// A model's weights and running statistics under PyTorch's names and in its layouts, as
// torch.nn.Sequential of the same layers would list them in state_dict(): "0.weight" of shape
// [units, planes, rows, columns] for a convolution, "3.weight" [units, inputs] for a linear layer,
// "1.running_mean" for a batch norm. A residual block's layers are "4.body.0.weight".
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "files/safetensors.hpp"
#include "nn/model.hpp"

namespace downhill {

// The numbers of a model, in the layout of its slabs.
struct ModelState {
  std::vector<float> values;   // like slabs().values(), pads included
  std::vector<float> buffers;  // like slabs().buffers()
  std::string matched;         // which layer is which, in a sentence, where names did not decide
};

// Appends the tensors of `model`. `steps` becomes num_batches_tracked of batch norms, which torch
// needs.
void append_state_dict(const Model& model, uint64_t steps, std::vector<FileTensor>& tensors);

// Appends the gradients of all parameters, under the names and in the layouts of the parameters.
void append_gradients(const Model& model, std::vector<FileTensor>& tensors);

// The tensors of `file` in the layout of `model`, which does not change. A prefix that all names
// share ("model.") is ignored, and so are tensors whose name begins with `ignored`. Refused, with
// the tensor's name: a missing tensor, one that the model has no place for, a shape that differs, a
// number that is not finite, a variance below 0.
Result<ModelState> read_state_dict(const Model& model, const TensorFile& file,
                                   std::string_view ignored = {});

}  // namespace downhill
