// Reads the bytes as the text of a link or of a file: a spec that edit_spec accepts must survive
// print_spec and edit_spec.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "train/link_text.hpp"

namespace downhill::fuzz {

// Whatever a link is, an experiment comes of it that survives its text.
inline bool linked(const std::string& text) {
  const LinkedExperiment link = read_link(text);
  for (const char c : link.left_out) {
    if (static_cast<unsigned char>(c) < ' ') return false;
  }
  const auto again = edit_spec(ExperimentSpec{}, print_spec(link.spec));
  return again && *again == link.spec;
}

inline bool spec(std::span<const uint8_t> bytes) {
  const std::string text(bytes.begin(), bytes.end());
  if (!linked(text)) return false;
  const auto read = edit_spec(ExperimentSpec{}, text);
  if (!read) {
    // The sentence is for a person: whatever the text was, it must contain no control characters.
    for (const char c : read.error().message) {
      if (static_cast<unsigned char>(c) < ' ') return false;
    }
    return read.error().message.starts_with('[') &&
           read.error().message.find("] ") != std::string::npos;
  }
  const auto again = edit_spec(ExperimentSpec{}, print_spec(*read));
  return again && *again == *read;
}

}  // namespace downhill::fuzz
