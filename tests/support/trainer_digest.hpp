// Everything in a trainer that a helper could disturb, bit for bit: weights, running statistics,
// gradients and which parameters have one, the state of the optimizer, the batch, the tape, the
// numbers shown.
#pragma once

#include <cstdint>
#include <vector>

#include "base/hash.hpp"
#include "train/trainer.hpp"

namespace downhill::test {

inline std::vector<uint64_t> digest_of(const Trainer& trainer) {
  const ParameterSlabs& slabs = trainer.model().slabs();
  std::vector<uint64_t> prints = {fnv1a(slabs.values()),
                                  fnv1a(slabs.grads()),
                                  fnv1a(slabs.buffers()),
                                  fnv1a(trainer.optimizer().state()),
                                  trainer.optimizer().steps(),
                                  trainer.position(),
                                  static_cast<uint64_t>(trainer.phase()),
                                  static_cast<uint64_t>(trainer.next()),
                                  fnv1a(trainer.batch().images()),
                                  fnv1a(trainer.batch().classes),
                                  fnv1a(trainer.batch().transformed),
                                  fnv1a(trainer.outputs()),
                                  trainer.tape().size(),
                                  trainer.recorder().steps().size()};
  for (const Parameter& parameter : slabs.all()) {
    prints.push_back((parameter.has_grad ? 1u : 0u) + (parameter.requires_grad ? 2u : 0u));
  }
  for (const Node& node : trainer.tape()) {
    prints.push_back(fnv1a(node.value.span()));
    if (node.grad != nullptr) prints.push_back(fnv1a({node.grad, node.value.size()}));
  }
  for (const uint32_t index : trainer.batch().indices) prints.push_back(index);
  const std::vector<float> numbers = {trainer.train_loss(), trainer.previous_loss(),
                                      trainer.gradient_norm(), trainer.update_norm(),
                                      trainer.batch_accuracy()};
  prints.push_back(fnv1a(std::span<const float>(numbers)));
  return prints;
}

}  // namespace downhill::test
