// Reads the bytes as the binary form of a command, and as its text form. Whatever is accepted must
// survive writing and reading unchanged.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "session/command.hpp"

namespace downhill::fuzz {

inline bool command(std::span<const uint8_t> bytes) {
  if (const auto read = decode_command(bytes.data(), bytes.size())) {
    std::vector<uint8_t> again;
    encode_command(*read, again);
    if (!std::equal(again.begin(), again.end(), bytes.begin(), bytes.end())) return false;
  }
  const std::string text(bytes.begin(), bytes.end());
  const auto read = parse_command(text);
  if (!read) return read.error().message.starts_with('[');
  const auto again = parse_command(print_command(*read));
  return again && *again == *read;
}

}  // namespace downhill::fuzz
