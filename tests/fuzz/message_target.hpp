// Bytes as a message of the engine: an answer, a failure or a snapshot. What is accepted is written
// back as the same bytes, and what is in it fits together well enough to be drawn.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "session/message.hpp"

namespace downhill::fuzz {

// Reads every value that a page would read, at the places where it would.
inline bool drawable(const Snapshot& snapshot) {
  const BatchView& batch = snapshot.batch;
  uint64_t ink = 0;
  for (uint32_t i = 0; i < batch.shown; ++i) {
    for (uint32_t pixel = 0; pixel < 784; ++pixel) ink += batch.pixels[size_t{i} * 784 + pixel];
    if (batch.predicted && batch.scores[i] == 2 && batch.outputs[i] == 2) ++ink;
  }
  const Parameters& parameters = snapshot.parameters;
  for (const LayerInfo& layer : parameters.layers) {
    for (const auto* slab : {&parameters.values, &parameters.gradients}) {
      if (slab->empty()) continue;
      if (uint64_t{layer.weight_offset} + uint64_t{layer.in} * layer.out > slab->size())
        return false;
      if (uint64_t{layer.bias_offset} + layer.out > slab->size()) return false;
    }
  }
  return ink <= uint64_t{batch.shown} * (784 * 255 + 1) && !print_spec(snapshot.spec).empty() &&
         state_json(snapshot, 0, "").back() == '}';
}

inline bool message(std::span<const uint8_t> bytes) {
  const auto read = decode_message(bytes.data(), bytes.size());
  if (!read) return read.error().message.starts_with('[');
  std::vector<uint8_t> again;
  std::visit([&](const auto& value) { encode_message(value, again); }, *read);
  if (!std::equal(again.begin(), again.end(), bytes.begin(), bytes.end())) return false;
  const Snapshot* snapshot = std::get_if<Snapshot>(&*read);
  return snapshot == nullptr || drawable(*snapshot);
}

}  // namespace downhill::fuzz
