#include "workloads.hpp"

namespace downhill::bench {

namespace {

// Multiply-adds count every pixel, zeros and padding too: one product for the forward pass, one for
// the gradient of the weights, and one for the gradient of the input, which the first layer does
// not need. Norms, activations, pools and the optimizer count as none.
//   W1  784·1 twice
//   W2  784·30 twice, 30·1 three times
//   W3  14²·9·8 twice; 7²·9·8·16, 4²·9·16·32, 2²·9·32·16 and 9·16·10 three times
//   W4  784·128 twice, 128·10 three times
//   W5  28²·25·8 twice; 14²·25·8·16 and 256·10 three times
constexpr Workload kWorkloads[] = {
    {"W1", "linear 784-1", "model=linear&loss=mnist&lr=1&batch=256&epochs=1000", 1568},
    {"W2", "MLP 784-30-1", "model=mlp:30&loss=mnist&lr=0.1&batch=256&epochs=1000", 47130},
    {"W3", "conv + batch norm",
     "digits=0123456789&model=conv&loss=crossentropy&optimizer=momentum&momentum=0.9&lr=0.01&"
     "batch=128&epochs=1000",
     478368},
    {"W4", "MLP 784-128-10",
     "digits=0123456789&model=mlp:128&loss=crossentropy&lr=0.1&batch=128&epochs=1000", 204544},
    {"W5", "LeNet",
     "digits=0123456789&model=lenet&loss=crossentropy&optimizer=momentum&momentum=0.9&lr=0.01&"
     "batch=128&epochs=1000",
     2202880},
};

}  // namespace

std::span<const Workload> workloads() { return kWorkloads; }

const Workload* find_workload(std::string_view name) {
  for (const Workload& workload : kWorkloads) {
    if (name == workload.name) return &workload;
  }
  return nullptr;
}

}  // namespace downhill::bench
