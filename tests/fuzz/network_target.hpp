// Reads the first two bytes as the meaning of the words `act` and `drop`, the rest as a network in
// words. It must give a consistent table of layers, or an error sentence.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "nn/network_spec.hpp"

namespace downhill::fuzz {

inline bool is_model_sentence(const Error& error) {
  for (const char c : error.message) {
    if (static_cast<unsigned char>(c) < ' ') return false;
  }
  return error.message.starts_with("[model] ") && error.message.size() < 500;
}

inline bool is_table(const std::vector<LayerSummary>& table, uint32_t outputs) {
  uint64_t parameters = 0;
  for (const LayerSummary& line : table) {
    if (line.kind.empty() || line.path.empty() || line.depth > kMaxResidualDepth) return false;
    if (line.output.size() < 1 || line.output.size() > kMaxFeatures) return false;
    if ((line.parameters > 0) != !line.name.empty()) return false;
    parameters += line.parameters;
  }
  return !table.empty() && table.size() <= kMaxLayers && parameters <= kMaxParameters &&
         table.back().output == Shape{outputs};
}

inline bool network(std::span<const uint8_t> bytes) {
  if (bytes.size() < 2) return true;
  NetworkWords words;
  words.activation = static_cast<ActivationKind>(bytes[0] % kActivations.size());
  words.dropout = static_cast<float>(bytes[1] % 10) / 10;
  const std::string text(bytes.begin() + 2, bytes.end());
  const auto network = parse_network(text, words);
  if (!network) return is_model_sentence(network.error());
  for (const uint32_t outputs : {1u, 10u}) {
    const auto table = summarize(*network, {28, 28, 1}, outputs);
    if (table ? !is_table(*table, outputs) : !is_model_sentence(table.error())) return false;
  }
  return true;
}

}  // namespace downhill::fuzz
